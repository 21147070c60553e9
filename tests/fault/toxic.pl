#!/usr/bin/perl
# What a hostile or broken server does, on 127.0.0.1, for tests/fault/toxic.t. Which of it is said by the first part of
# the host's name, where by the second: page, robots, sitemap, or all of the host. Arguments: a file for the port, a file
# that gets a line for each request of 127.0.0.2, where nothing may lead.
use strict;
use warnings;
use Compress::Zlib;
use IO::Select;
use IO::Socket::INET;

my ($port_file, $inside_file) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 256, ReuseAddr => 1) or die "no port: $!";
my $port = $server->sockport;
my $inside = IO::Socket::INET->new(LocalAddr => '127.0.0.2', LocalPort => $port, Listen => 16, ReuseAddr => 1)
    or die "no second address: $!";
$SIG{PIPE} = 'DEFAULT'; # who is gone needs no more
$SIG{CHLD} = 'IGNORE';
$| = 1;

my ($client, $host, $path, $kind);
my %type = (page => 'text/html; charset=utf-8', robots => 'text/plain', sitemap => 'application/xml', api => 'application/json');

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$name.new" or die;
    print $out $text;
    close $out;
    rename "$name.new", $name or die;
}

sub clean { # what would have been well
    return "User-agent: *\nDisallow: /none\nSitemap: http://$host/sitemap.xml\n" if $kind eq 'robots';
    return qq(<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">)
        . "<url><loc>http://$host/</loc></url><url><loc>http://$host/a</loc></url></urlset>\n" if $kind eq 'sitemap';
    return '{"lighthouseResult": {"audits": {}}, "data": [], "results": []}' . "\n" if $kind eq 'api';
    return qq(<!DOCTYPE html><html lang="en"><head><title>What is at $path</title></head>)
        . qq(<body><h1>What is at $path</h1><p>A page of this site, with words.</p><a href="/a">a</a> <a href="/b">b</a></body></html>\n);
}

sub answer {
    my ($status, $headers, $body) = @_;
    print $client "HTTP/1.1 $status\r\nContent-Type: $type{$kind}\r\n$headers",
        "Content-Length: ", length $body, "\r\nConnection: close\r\n\r\n", $body;
}

sub begin { # an answer without its end
    print $client "HTTP/1.1 200 OK\r\nContent-Type: $type{$kind}\r\n", @_, "\r\n";
}

sub away { answer('302 Found', "Location: $_[0]\r\n", '') }

sub forever { # at most as long as anybody may take
    my ($seconds, $act) = @_;
    for (my $n = 0; $n < 600; $n += $seconds) { $act->(); select undef, undef, undef, $seconds if $seconds; $n += 0.0001 }
}

sub zeros { # so many MiB, compressed
    my ($deflate) = deflateInit(-WindowBits => 31, -Level => 9);
    my $block = ($kind eq 'page' ? '<p>0000' : ' 00000000') x 131072;
    my $bomb = '';
    $bomb .= $deflate->deflate($block) // '' for 1 .. $_[0];
    return $bomb . $deflate->flush;
}

sub sitemap_of {
    my ($n, $prolog) = @_;
    return qq(<?xml version="1.0"?>$prolog<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">)
        . join('', map { "<url><loc>http://$host/$_</loc></url>" } 1 .. $n) . '</urlset>';
}

my $chunk = sprintf("%x\r\n%s\r\n", 65536, '<p>0 a {' x 8192);
my %toxic = (
    fine => sub { answer('200 OK', '', clean()) },
    no => sub { answer('400 Bad Request', '', '{"error": {"code": 400, "message": "NO"}}') },
    'endless-chunks' => sub { begin("Transfer-Encoding: chunked\r\n"); print $client $chunk for 1 .. 4096 },
    'length-1e15' => sub { begin("Content-Length: 1000000000000000\r\n"); print $client $chunk for 1 .. 4096 },
    bomb => sub { answer('200 OK', "Content-Encoding: gzip\r\n", zeros(100)) },
    'bomb-twice' => sub { answer('200 OK', "Content-Encoding: gzip, gzip\r\n", Compress::Zlib::memGzip(zeros(400))) },
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
    'endless-1xx' => sub { print $client "HTTP/1.1 103 Early Hints\r\nX: a\r\n\r\n" for 1 .. 1000000 },
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
    'wrong-charset' => sub { $type{$kind} .= '; charset=utf-16'; answer('200 OK', '', clean() . "\xff\xfe\xc3\x28\x80") },
    nul => sub { my $body = clean(); $body =~ s/a/\0/g; answer('200 OK', '', $body) },
    'sitemap-50001' => sub { answer('200 OK', '', sitemap_of(50001, '')) },
    'sitemap-doctype' => sub {
        answer('200 OK', '', sitemap_of(2, '<!DOCTYPE x [<!ENTITY a "' . 'a' x 10000 . '"><!ENTITY b "' . '&a;' x 10000 . '"> ]>'));
    },
    'sitemap-cut-gzip' => sub { my $zip = Compress::Zlib::memGzip(sitemap_of(1000, '')); answer('200 OK', '', substr $zip, 0, 500) },
    rebind => sub { answer('200 OK', '', clean()) }, # the name is what changes
);

sub serve {
    my $head = '';
    while (my $line = <$client>) {
        last if $line =~ /^\r?\n$/;
        $head .= $line;
    }
    my ($verb) = $head =~ /^(\S+) /;
    ($path) = $head =~ m{^\S+ (?:http://[^/]+)?(\S+)};
    ($host) = $head =~ /^host:\s*(\S+)/im;
    if ($head =~ /^content-length:\s*(\d+)/im) { read $client, my $body, $1 }
    my ($what, $where) = ($host // '') =~ /^([a-z0-9.-]*?)\.([a-z]+)\.test:/;
    return answer('400 Bad Request', '', '') if !defined $where || !$toxic{$what} || !defined $path;
    $kind = $where eq 'api' ? 'api' : $path eq '/robots.txt' ? 'robots' : $path =~ /sitemap.*\.xml/ ? 'sitemap' : 'page';
    return $toxic{$what}->() if $where eq 'all' || $where eq $kind;
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
