# A hosted API on loopback, for tests/hosted_*.t: an API's own script (tests/lib/hosted-NAME.pl) makes good answers,
# this makes them fail as told. One request a connection, one after the other; what must not block runs in a child.
#
#     use Stub;
#     Stub::serve(sub { my ($request) = @_; ... return { body => '...' } });
#
# Arguments of the script: a folder. In it:
#     port      written: the port
#     asked     written: each request as it came, then a line --
#     control   read before each request: FAULT [WHICH]. WHICH is the number of the request since `control` changed, 1
#               when not said; * for all; /TEXT for the first whose line or body has the text. Beside the faults below an API may know words of its own: $request->{fault} and ->{nth}.
#
# A request has method, path, headers (by lower-case name), body, fault, nth (since control changed), at (whether the
# fault is for it). An answer has status ('200 OK'), headers (lines), body, type; all but the body may be left out.
package Stub;
use strict;
use warnings;
use IO::Socket::INET;

my $chunk = 'x' x 65536;

sub later { # seconds from now, as a header has it
    my @t = gmtime(time + $_[0]);
    my @days = qw(Sun Mon Tue Wed Thu Fri Sat);
    my @months = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
    return sprintf '%s, %02d %s %d %02d:%02d:%02d GMT', $days[$t[6]], $t[3], $months[$t[4]], $t[5] + 1900, @t[2, 1, 0];
}

sub send_whole {
    my ($client, $answer, $length) = @_;
    my $status = $answer->{status} // '200 OK';
    my $type = $answer->{type} // 'application/json';
    my $body = $answer->{body} // '';
    $length //= length $body;
    print $client "HTTP/1.1 $status\r\nContent-Type: $type\r\nContent-Length: $length\r\nConnection: close\r\n",
        $answer->{headers} // '', "\r\n", $body;
}

sub send_open { # no length: chunks, or the end of the connection
    my ($client, $headers) = @_;
    print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n$headers\r\n";
}

sub cut { # to its first third
    my ($body) = @_;
    return substr $body, 0, int(length($body) / 3);
}

my $bomb; # 1000 times smaller than what it holds; made before anybody waits for it

sub gzip_bomb {
    require Compress::Zlib;
    return $bomb //= Compress::Zlib::memGzip('{' . ' ' x (32 << 20));
}

my %plain = ( # an answer in place of the good one
    401 => { status => '401 Unauthorized', body => '{"detail":"Authentication credentials were not provided."}' },
    403 => { status => '403 Forbidden', body => '{"detail":"API key missing required scope"}' },
    404 => { status => '404 Not Found', body => '{"detail":"Project not found."}' },
    422 => { status => '422 Unprocessable Entity', body => "{\"error\":\"no such goal \xe2\x80\xae 404\"}" },
    429 => { status => '429 Too Many Requests', headers => "Retry-After: 1\r\n", body => '{"error":"slow down"}' },
    hour => { status => '429 Too Many Requests', headers => "Retry-After: 3600\r\n", body => '{"error":"slow down"}' },
    500 => { status => '500 Internal Server Error', headers => "Retry-After: 1\r\n", body => '{"error":"oops"}' },
    html => { type => 'text/html', body => "<!doctype html>\n<html><body>Please log in</body></html>\n" },
    away => { status => '302 Found' },
    exception => { body => '{"error":"Memory limit exceeded","code":241}' },
    empty => { body => '' },
);

# Whether it was sent already.
sub fail {
    my ($client, $fault, $answer, $port) = @_;
    my $body = $answer->{body} // '';
    if (my $other = $plain{$fault}) {
        my %other = %$other;
        $other{headers} = "Location: http://localhost:$port/elsewhere\r\n" if $fault eq 'away';
        send_whole($client, \%other);
    } elsif ($fault eq 'date') {
        send_whole($client, { status => '429 Too Many Requests', headers => 'Retry-After: ' . later(1) . "\r\n" });
    } elsif ($fault eq 'cut-length') {
        send_whole($client, { %$answer, body => cut($body) }, length $body);
    } elsif ($fault eq 'cut-chunk') {
        send_open($client, "Transfer-Encoding: chunked\r\n");
        printf $client "%x\r\n%s", length $body, cut($body);
    } elsif ($fault eq 'cut-close') {
        send_open($client, '');
        print $client cut($body);
    } elsif ($fault eq 'endless') {
        send_open($client, "Transfer-Encoding: chunked\r\n");
        while (print $client "10000\r\n$chunk\r\n") { }
    } elsif ($fault eq 'bomb') {
        send_whole($client, { headers => "Content-Encoding: gzip\r\n", body => gzip_bomb() });
    } elsif ($fault eq 'slow-header') {
        sleep 5;
    } elsif ($fault eq 'slow-body') {
        send_open($client, 'Content-Length: ' . length($body) . "\r\n");
        $client->flush;
        for my $byte (split //, $body) { print $client $byte or last; sleep 1 }
    } elsif ($fault eq 'strings') { # numbers as text
        $body =~ s/(?<=[\[,:])(\d+)(?=[\],}])/"$1"/g;
        send_whole($client, { %$answer, body => $body });
    } elsif ($fault eq 'types') { # lists as texts
        $body =~ s/("results"|"data"|"rows"|"files"):\[/$1:"none","was":[/;
        send_whole($client, { %$answer, body => $body });
    } elsif ($fault eq 'extra') { # a field that is new
        $body =~ s/\A\{/{"brand_new":[1],/;
        send_whole($client, { %$answer, body => $body });
    } else {
        return 0;
    }
    return 1;
}

sub control {
    my ($folder) = @_;
    open my $in, '<', "$folder/control" or return '';
    my $line = <$in> // '';
    chomp $line;
    return $line;
}

sub read_request {
    my ($client) = @_;
    my $text = <$client> // '';
    my ($method, $path) = split ' ', $text;
    my (%headers, $body);
    while (my $line = <$client>) {
        last if $line =~ /^\r?\n$/;
        $text .= $line;
        $headers{lc $1} = $2 if $line =~ /^([^:]+):\s*(.*?)\r?\n/;
    }
    read $client, $body, $headers{'content-length'} if $headers{'content-length'};
    $text =~ s/\r//g;
    return { method => $method // '', path => $path // '', headers => \%headers, body => $body // '', text => $text };
}

sub serve {
    my ($answer) = @_;
    my ($folder) = @ARGV;
    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64, ReuseAddr => 1) or die "no port: $!";
    my ($nth, $met, $before) = (0, 0, '');
    $SIG{PIPE} = $SIG{CHLD} = 'IGNORE';
    gzip_bomb();
    open my $out, '>', "$folder/port.new" or die;
    print $out $server->sockport;
    close $out;
    rename "$folder/port.new", "$folder/port" or die;
    while (my $client = $server->accept) {
        my $request = read_request($client);
        my $now = control($folder);
        ($nth, $met) = (0, 0) if $now ne $before;
        $before = $now;
        my ($fault, $at) = split ' ', $now;
        $request->{nth} = ++$nth;
        $request->{port} = $server->sockport;
        $request->{fault} = $fault // '';
        $at //= 1;
        my $is_first = $at =~ m{^/(.+)} && !$met && index("$request->{method} $request->{path}\n$request->{body}", $1) >= 0;
        $met ||= $is_first;
        $request->{at} = $at eq '*' || $at eq $nth || $is_first;
        open my $log, '>>', "$folder/asked" or die;
        print $log $request->{text}, "\n", $request->{body}, "\n--\n";
        close $log;
        my $good = $answer->($request);
        my $is_slow = $request->{at} && $request->{fault} =~ /^(slow-|endless)/;
        next if $is_slow && fork; # the parent takes the next
        send_whole($client, $good) unless $request->{at} && fail($client, $request->{fault}, $good, $server->sockport);
        close $client;
        exit if $is_slow;
    }
}

1;
