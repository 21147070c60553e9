#!/usr/bin/perl
# Stands for PostHog on loopback, for tests/hosted_posthog.t; see Stub.pm. Exports are of FOLDER/events.tsv (from
# tests/lib/hosted-events.pl), each in two files, which lie at another host: localhost. Queries are answered with a
# shop of 1000 sessions a day, 10 of them in trouble, on 2026-03-20 200. Words of its own: failed, retryable (once),
# retryable-ever, strange (a status that nobody knows), nothing (no event), here (the file without a redirect), port,
# plain (it lies elsewhere), html-file; cached (once), cached-ever, pending, more, broken (the query), nobody.
use strict;
use warnings;
use Stub;
use Compress::Zlib ();

my ($folder) = @ARGV;
my $exports = '/api/environments/7/file_download_batch_exports';
my (%span, $started, @events);
my $pending; # the question that is asked after

sub epoch {
    require Time::Local;
    my ($y, $m, $d, $h, $min, $s) = $_[0] =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)Z$/ or return;
    return Time::Local::timegm($s, $min, $h, $d, $m - 1, $y);
}

sub rows_of { # of an export: half of what was ingested in its span
    my ($id, $file) = @_;
    if (!@events) {
        open my $in, '<', "$folder/events.tsv" or die;
        @events = <$in>;
    }
    my ($from, $to) = @{ $span{$id} };
    my $rows = '';
    for my $i (0 .. $#events) {
        my ($ingested, $json) = split /\t/, $events[$i], 2;
        $rows .= $json if $ingested >= $from && $ingested < $to && $i % 2 == $file - 1;
    }
    return $rows;
}

sub start_export {
    my ($request) = @_;
    my ($from, $to) = map { epoch($_) } $request->{body} =~ /"data_interval_(?:start|end)":"([^"]*)"/g;
    return { status => '400 Bad Request', body => '{"detail":"data interval range too big"}' } unless $to && $to - $from <= 7 * 86400;
    my $id = '0198-r' . ++$started;
    $span{$id} = [ $from, $to ];
    return { status => '202 Accepted', body => qq({"id":"$id"}) };
}

sub export_state {
    my ($fault, $nth) = @_;
    return '{"status":"Failed","error":"out of\u202e luck"}' if $fault eq 'failed';
    return '{"status":"FailedRetryable","error":"try again"}' if $fault eq 'retryable-ever' || ($fault eq 'retryable' && $nth == 2);
    return '{"status":"Levitating"}' if $fault eq 'strange';
    return '{"status":"Completed","files":[1,2]}';
}

sub place {
    my ($request, $id, $file) = @_;
    my $port = $request->{port};
    my $url = "http://localhost:$port/bucket/$id/$file?X-Amz-Signature=5ecret5ignature";
    return { body => '{}' } if $request->{fault} eq 'here';
    $url =~ s/:$port/:1/ if $request->{fault} eq 'port';
    $url =~ s/localhost/192.0.2.1/ if $request->{fault} eq 'plain';
    return { status => '302 Found', type => 'text/html', headers => "Location: $url\r\n" };
}

sub file {
    my ($request, $id, $file) = @_;
    return { status => '400 Bad Request', body => '<Error>Only one auth mechanism allowed</Error>' }
        if exists $request->{headers}{authorization};
    return { body => "<html>\n" } if $request->{fault} eq 'html-file';
    my $rows = $request->{fault} eq 'nothing' ? '' : rows_of($id, $file);
    return { type => 'application/octet-stream', body => Compress::Zlib::memGzip($rows) };
}

sub days { # a row a day: stretches of equal days, each by the number and the instant of its first
    my ($sql) = @_;
    my ($end) = $sql =~ /.*< toDateTime\('(\S+ \S+)','UTC'\)/s;
    my @rows;
    $end = 1000 * epoch($end =~ s/ /T/r . 'Z');
    my @stretch = $sql =~ /(\d+) \+ intDiv\([^,]*? - (\d+), (\d+)\)/g;
    while (my ($first, $at, $length) = splice @stretch, 0, 3) {
        my $until = @stretch ? $stretch[1] : $end;
        for (my $day = $first; $at < $until; $day++, $at += $length) {
            push @rows, [ $day, 5000, 4990, $at + 3600000 ];
        }
    }
    return @rows;
}

sub counts { # the columns of a question, and its rows
    my ($sql, $fault) = @_;
    my ($day) = $sql =~ /toDateTime\('(\S+) /;
    my $hit = $day eq '2026-03-19' ? 200 : 10; # it begins at 23:00 of the day before
    return ([qw(d n k t)], $fault eq 'nobody' ? () : days($sql)) if $sql =~ / AS d, count\(\) AS n, sum\(/;
    my ($head) = $sql =~ /^(SELECT .*)/;
    my %column = $sql =~ /max\(CASE WHEN (.*?) THEN 1 ELSE 0 END\) AS (p\d+)/g;
    %column = reverse %column;
    my @sums = $head =~ /sum\((p\d+)\S* AS s\d+/g;
    my ($dimension) = $sql =~ /FROM \(SELECT (\S+?)(?:, ''\))? AS v/;
    my @values = $dimension =~ /site/ ? 'site' : $dimension =~ /browser/ ? ('Chrome', 'Firefox') : 'one';
    my @rows;
    for my $value (@values) {
        push @rows, [ qq("$value"), map { $column{$_} =~ /pageview|1 = 1/ ? 1000 / @values : $column{$_} =~ /exception/ ? $hit / @values : 2 } @sums ];
    }
    return ([ 'v', map { "s$_" } 0 .. $#sums ], @rows);
}

sub query {
    my ($request) = @_;
    my ($fault, $nth) = @$request{qw(fault nth)};
    my ($sql) = $request->{body} =~ /"query":"(.*?)"\}/;
    return { status => '400 Bad Request', body => '{"detail":"no LIMIT"}' } unless $sql && $sql =~ / LIMIT 50000$/;
    $pending = $sql if $fault eq 'pending' && $nth == 1;
    return { status => '202 Accepted', body => '{"query_status":{"id":"q-1","complete":false,"error":false}}' } if $fault eq 'pending' && $nth == 1;
    return { body => '{"query_status":{"id":"q-1","complete":true,"error":true,"error_message":"no such property"}}' } if $fault eq 'broken';
    $sql =~ s/\\n|\\u000A/\n/g;
    my ($columns, @rows) = counts($sql, $fault);
    my $cached = $fault eq 'cached-ever' || ($fault eq 'cached' && $nth == 1) ? 'true' : 'false';
    my $more = $fault eq 'more' ? 'true' : 'false';
    return { body => sprintf '{"results":[%s],"columns":[%s],"hasMore":%s,"is_cached":%s,"query_status":null}',
        join(',', map { '[' . join(',', @$_) . ']' } @rows), join(',', map { qq("$_") } @$columns), $more, $cached };
}

sub answer {
    my ($request) = @_;
    my $line = "$request->{method} $request->{path}";
    my $is_known = ($request->{headers}{authorization} // '') eq "Bearer $ENV{HOSTED_TOKEN}";
    return file($request, $1, $2) if $line =~ m{^GET /bucket/([-0-9a-z]+)/(\d)\?};
    return { status => '401 Unauthorized', body => '{"detail":"no token"}' } unless $is_known;
    return start_export($request) if $line eq "POST $exports";
    return { body => export_state($request->{fault}, $request->{nth}) } if $line =~ m{^GET $exports/[-0-9a-z]+$};
    return place($request, $1, $2) if $line =~ m{^GET $exports/([-0-9a-z]+)/download/(\d)$};
    return query($request) if $line eq 'POST /api/projects/7/query/';
    return { body => sprintf '{"query_status":{"id":"q-1","complete":true,"error":false,"results":{"results":[%s],"columns":["d","n","k","t"],"is_cached":false}}}',
        join(',', map { '[' . join(',', @$_) . ']' } days($pending)) }
        if $line eq 'GET /api/projects/7/query/q-1/';
    return { status => '404 Not Found', body => '{"detail":"Not found."}' };
}

Stub::serve(\&answer);
