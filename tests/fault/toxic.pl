#!/usr/bin/perl
# What a hostile or broken server does, on 127.0.0.1, for tests/fault/toxic.t. Which of it is said by the first part of
# the host's name, where by the second: page, robots, sitemap, or all of the host; or an API, whose answer when all is
# well (`fine`) is a whole one. Arguments: a file for the port, a file that gets a line for each request of 127.0.0.2,
# where nothing may lead.
use strict;
use warnings;
use Compress::Zlib;
use FindBin;
use IO::Select;
use IO::Socket::INET;
use lib "$FindBin::Bin/../lib";

my ($port_file, $inside_file) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 256, ReuseAddr => 1) or die "no port: $!";
my $port = $server->sockport;
my $inside = IO::Socket::INET->new(LocalAddr => '127.0.0.2', LocalPort => $port, Listen => 16, ReuseAddr => 1)
    or die "no second address: $!";
$SIG{PIPE} = 'DEFAULT'; # who is gone needs no more
$SIG{CHLD} = 'IGNORE';
$| = 1;

my ($client, $host, $path, $kind, %request); # as Stub.pm has it
my %type = (page => 'text/html; charset=utf-8', robots => 'text/plain', sitemap => 'application/xml');

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$name.new" or die;
    print $out $text;
    close $out;
    rename "$name.new", $name or die;
}

# ---- what would have been well ----

sub page {
    return qq(<!DOCTYPE html><html lang="en"><head><title>What is at $path</title></head>)
        . qq(<body><h1>What is at $path</h1><p>A page of this site, with words.</p><a href="/a">a</a> <a href="/b">b</a></body></html>\n);
}

sub robots { return "User-agent: *\nDisallow: /none\nSitemap: http://$host/sitemap.xml\n" }

sub sitemap_of {
    my ($prolog, @paths) = @_;
    return qq(<?xml version="1.0"?>$prolog<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">)
        . join('', map { "<url><loc>http://$host/$_</loc></url>" } @paths) . '</urlset>';
}

my $psi = '{"kind": "pagespeedonline#result", "lighthouseResult": {"requestedUrl": "https://shop.example/",
  "finalUrl": "https://shop.example/", "lighthouseVersion": "12.8.2", "fetchTime": "2026-11-15T10:00:00.000Z",
  "gatherMode": "navigation", "configSettings": {"formFactor": "mobile", "throttlingMethod": "simulate"},
  "environment": {"benchmarkIndex": 1500}, "runWarnings": [], "audits": {}, "categories": {"performance":
  {"id": "performance", "score": 0.5, "auditRefs": []}}}}';
my $crux = '{"record": {"key": {"formFactor": "PHONE", "url": "https://shop.example/"}, "metrics":
  {"largest_contentful_paint": {"percentilesTimeseries": {"p75s": [2400]}}}, "collectionPeriods":
  [{"firstDate": {"year": 2026, "month": 10, "day": 18}, "lastDate": {"year": 2026, "month": 11, "day": 14}}]}}';
my ($first_day, $day_s, $ndays) = (1773532800, 86400, 5); # 2026-03-15, UTC

sub days { # those that have rows, of a question how many each has: by number, rows, rows of a unit, the newest's ms
    my ($sql) = @_;
    my ($first_ms) = $sql =~ /0 \+ intDiv\(.*? - (\d+), \d+\)/;
    my ($from, $to) = $sql =~ />= toDateTime\((\d+)\) AND "ts" < toDateTime\((\d+)\)/;
    my @starts = grep { $_ >= $from && $_ < $to } map { $first_day + $_ * $day_s } 0 .. $ndays - 1;
    return map { [ ($_ - $first_ms / 1000) / $day_s, 5000, 4990, "${_}000" ] } @starts;
}

sub clickhouse { # columns by their names in the question, rows by the first of them
    my ($sql) = @_;
    my ($head) = $sql =~ /^SELECT (.*?)\s+FROM /s;
    my @names = (($head =~ /^v,/ ? 'v' : ()), $head =~ /\bAS (\w+)/g);
    my @rows = $names[0] eq 'd' ? days($sql)
        : $names[0] eq 'n' ? [ 200, (0) x $#names ]
        : $names[0] eq 'arm' ? map { [ $_, 0, 100, (10) x ($#names - 2) ] } qw("a" "b")
        : @names > 1 ? [ '"one"', (1000) x $#names ] : ();
    return sprintf '{"meta":[%s],"data":[%s],"rows":%d}', join(',', map { qq({"name":"$_","type":"String"}) } @names),
        join(',', map { '[' . join(',', @$_) . ']' } @rows), scalar @rows;
}

sub posthog { # an export of one file, which lies at the host that the address of the API begins its path with
    my ($toxic) = $path =~ m{^/([^/]+)/api/};
    return { status => '202 Accepted', body => '{"id":"0198-r"}' } if $request{method} eq 'POST';
    return { body => '{"status":"Completed","files":[1]}' } unless $path =~ m{/download/1$};
    return { status => '302 Found', headers => "Location: http://$toxic.file.test:$port/bucket\r\n", body => '' };
}

sub file {
    my $rows = '';
    for my $i (0 .. 20 * $ndays - 1) {
        $rows .= sprintf qq({"uuid":"e%d","event":"\$pageview","distinct_id":"u","timestamp":"2026-03-%02dT12:00:00Z","properties":)
            . qq({"\$session_id":"s%d","\$pathname":"/","\$browser":"Chrome"}}\n), $i, 15 + $i % $ndays, $i;
    }
    return $rows;
}

my $hosted; # how a script of tests/lib answers, in a package of its own

sub hosted {
    my ($name) = @_;
    require Stub;
    no warnings qw(once redefine);
    local *Stub::serve = sub { ($hosted) = @_ };
    local $SIG{__WARN__} = sub { };
    if (!$hosted) {
        open my $in, '<', "$FindBin::Bin/../lib/hosted-$name.pl" or die;
        eval 'package Hosted; ' . join '', <$in>;
        die $@ if $@;
    }
    return $hosted->(\%request);
}

my %good = ( # a body, or an answer as Stub.pm has it
    page => \&page, robots => \&robots, sitemap => sub { sitemap_of('', '', 'a') },
    psi => sub { $psi }, crux => sub { $crux }, hook => sub { 'ok' },
    clickhouse => sub { clickhouse($request{body}) },
    posthog => \&posthog, file => \&file,
    query => sub { hosted('posthog') }, login => sub { hosted('umami') },
    map { my $name = $_; $name => sub { hosted($name) } } qw(plausible matomo umami ga4),
);

sub good {
    my $good = $good{$kind}->();
    return ref $good ? $good : { body => $good };
}

sub clean { return good()->{body} }

# ---- what is not ----

sub type { return $type{ $kind // '' } // 'application/json' }

sub answer {
    my ($status, $headers, $body) = @_;
    print $client "HTTP/1.1 $status\r\nContent-Type: ", type(), "\r\n$headers",
        "Content-Length: ", length $body, "\r\nConnection: close\r\n\r\n", $body;
}

sub begin { # an answer without its end
    print $client "HTTP/1.1 200 OK\r\nContent-Type: ", type(), "\r\n", @_, "\r\n";
}

sub away { answer('302 Found', "Location: $_[0]\r\n", '') }

sub forever { # at most as long as anybody may take
    my ($seconds, $act) = @_;
    for (my $n = 0; $n < 600; $n += $seconds) { $act->(); select undef, undef, undef, $seconds if $seconds; $n += 0.0001 }
}

sub zeros { # 100 MiB, compressed
    my ($text) = @_;
    my ($deflate) = deflateInit(-WindowBits => 31, -Level => 9);
    my $block = $text x 131072;
    my $bomb = '';
    $bomb .= $deflate->deflate($block) // '' for 1 .. 100;
    return $bomb . $deflate->flush;
}

# Made before anybody waits for them.
my %bomb = (page => zeros('<p>0000'), else => zeros('{0000000'));
my %twice = map { $_ => Compress::Zlib::memGzip($bomb{$_}) } keys %bomb;

sub bomb_of { return $_[0]{$kind} // $_[0]{else} }

# Values of two bytes, of which a tree would take a hundred times as much.
sub tiny {
    my ($lead, $mib, $tail, $times) = $kind eq 'page' ? ('<script type="application/ld+json">', 1, '</script>', 4)
        : $kind eq 'file' ? ('{"\u0061":', 1, "}\n", 7)
        : ('{"a":', $kind eq 'crux' ? 1 : 8, '}', 1);
    my $one = $lead . '[' . '{},' x ((($mib << 20) - 100) / 3) . '{}]' . $tail;
    return $one x $times;
}

my $chunk = sprintf("%x\r\n%s\r\n", 65536, '<p>0 a {' x 8192);
my %toxic = (
    fine => sub {
        my $good = good();
        $type{$kind} = $good->{type} if $good->{type};
        answer($good->{status} // '200 OK', $good->{headers} // '', $good->{body});
    },
    no => sub { answer('400 Bad Request', '', '{"error": {"code": 400, "message": "NO"}}') },
    'endless-chunks' => sub { begin("Transfer-Encoding: chunked\r\n"); print $client $chunk for 1 .. 4096 },
    'length-1e15' => sub { begin("Content-Length: 1000000000000000\r\n"); print $client $chunk for 1 .. 4096 },
    bomb => sub { answer('200 OK', "Content-Encoding: gzip\r\n", bomb_of(\%bomb)) },
    'bomb-twice' => sub { answer('200 OK', "Content-Encoding: gzip, gzip\r\n", bomb_of(\%twice)) },
    'encodings-nine' => sub {
        my $body = clean();
        $body = Compress::Zlib::memGzip($body) for 1 .. 9;
        answer('200 OK', 'Content-Encoding: ' . join(', ', ('gzip') x 9) . "\r\n", $body);
    },
    'drip-body' => sub { begin("Content-Length: 100000\r\n"); forever(1, sub { print $client 'a' }) },
    'drip-header' => sub { print $client "HTTP/1.1 200 OK\r\nX: "; forever(1, sub { print $client 'a' }) },
    silence => sub { forever(1, sub { }) },
    'headers-large' => sub { begin(map { "X-$_: " . 'a' x 90000 . "\r\n" } 1 .. 20) },
    'headers-many' => sub { begin(map { "X-$_: a\r\n" } 1 .. 100000) },
    'endless-1xx' => sub { my $some = "HTTP/1.1 103 Early Hints\r\nX: a\r\n\r\n" x 1000; print $client $some for 1 .. 1000 },
    'to-file' => sub { away('file:///etc/passwd') },
    'to-gopher' => sub { away("gopher://127.0.0.1:$port/_GET") },
    'to-metadata' => sub { away('http://169.254.169.254/latest/meta-data/') },
    'to-loopback' => sub { away("http://127.0.0.2:$port/") },
    'to-loopback6' => sub { away("http://[::1]:$port/") },
    'to-decimal' => sub { away("http://2130706434:$port/") }, # 127.0.0.2
    'to-itself' => sub { away("http://$host$path") },
    'hops-30' => sub { my ($n) = $path =~ /hop(\d+)/; $n //= 0; $n < 30 ? away('/hop' . ($n + 1)) : answer('200 OK', '', clean()) },
    short => sub { begin('Content-Length: ', 1000 + length clean(), "\r\n"); print $client clean() },
    'cut-chunk' => sub { begin("Transfer-Encoding: chunked\r\n"); print $client "4000\r\n", clean() },
    'cut-close' => sub { begin("Connection: close\r\n"); print $client substr clean(), 0, 40 },
    'http-0.9' => sub { print $client clean() },
    'status-999999' => sub { answer('999999 What', '', clean()) },
    'retry-7' => sub { answer('503 Busy', "Retry-After: 7\r\n", '') },
    'retry-2099' => sub { answer('429 Busy', "Retry-After: Fri, 31 Dec 2099 23:59:59 GMT\r\n", '') },
    'retry-negative' => sub { answer('503 Busy', "Retry-After: -7\r\n", '') },
    html => sub { $type{$kind} = 'text/html'; answer('200 OK', '', '<html><title>Log in</title><form></form></html>') },
    exception => sub { answer('200 OK', '', clean() . "Code: 241. DB::Exception: Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)\n") },
    'unasked-206' => sub { answer('206 Partial Content', "Content-Range: bytes 0-9/1000\r\n", substr clean(), 0, 10) },
    'wrong-charset' => sub { $type{$kind} = type() . '; charset=utf-16'; answer('200 OK', '', clean() . "\xff\xfe\xc3\x28\x80") },
    nul => sub { my $body = clean(); $body =~ s/a/\0/g; answer('200 OK', '', $body) },
    'tiny-values' => sub { answer('200 OK', '', tiny()) },
    'sitemap-50001' => sub { answer('200 OK', '', sitemap_of('', 1 .. 50001)) },
    'sitemap-doctype' => sub {
        answer('200 OK', '', sitemap_of('<!DOCTYPE x [<!ENTITY a "' . 'a' x 10000 . '"><!ENTITY b "' . '&a;' x 10000 . '"> ]>', 1, 2));
    },
    'sitemap-cut-gzip' => sub { my $zip = Compress::Zlib::memGzip(sitemap_of('', 1 .. 1000)); answer('200 OK', '', substr $zip, 0, 500) },
    rebind => sub { answer('200 OK', '', clean()) }, # the name is what changes
);

sub read_request {
    my ($line, $body) = (<$client> // '', '');
    my %headers;
    while (my $header = <$client>) {
        last if $header =~ /^\r?\n$/;
        $headers{lc $1} = $2 if $header =~ /^([^:]+):\s*(.*?)\r?\n/;
    }
    read $client, $body, $headers{'content-length'} if $headers{'content-length'};
    (my $method, $path) = $line =~ m{^(\S+) (?:http://[^/]+)?(\S+)};
    $host = $headers{host} // '';
    %request = (method => $method, path => $path, headers => \%headers, body => $body, port => $port, fault => '', nth => 1);
}

sub kind_of { # where
    my ($where) = @_;
    return $path =~ m{/api/auth/login$} ? 'login' : $where unless $where =~ /^(page|robots|sitemap|all)$/;
    return $path eq '/robots.txt' ? 'robots' : $path =~ /sitemap.*\.xml/ ? 'sitemap' : 'page';
}

sub serve {
    read_request();
    my ($what, $where) = $host =~ /^([a-z0-9.-]*?)\.([a-z0-9]+)\.test:/;
    return answer('400 Bad Request', '', '') if !defined $where || !$toxic{$what} || !defined $path;
    $kind = kind_of($where);
    return $toxic{$what}->() if $where eq 'all' || $where eq $kind;
    return $toxic{fine}->() if $kind eq 'login';
    return answer('404 Not Found', '', '') if $where eq 'page' && $kind ne 'page';
    return answer('404 Not Found', '', '') if $path !~ m{^/([ab]|robots.txt|sitemap.xml)?$};
    answer('200 OK', '', clean());
}

write_file($inside_file, '');
write_file($port_file, $port);
my $both = IO::Select->new($server, $inside);
while (my @ready = $both->can_read) {
    for my $listener (@ready) {
        $client = $listener->accept or next;
        if ($listener == $inside) {
            write_file($inside_file, "asked\n");
            close $client;
        } elsif (fork) {
            close $client;
        } else {
            alarm 60; # nobody waits longer
            $client->autoflush(1);
            serve();
            shutdown $client, 1;
            exit;
        }
    }
}
