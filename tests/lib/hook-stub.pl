#!/usr/bin/perl
# Stands for chat services and a dead-man switch on loopback, for tests/notify.t. What happens is said by the first
# part of the path: /limit, /away, /slow, ... Arguments: a file for the port, a folder for what was asked: N.head, N.body.
use strict;
use warnings;
use IO::Socket::INET;

my ($port_file, $folder) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16, ReuseAddr => 1) or die "no port: $!";
open my $out, '>', "$port_file.new" or die;
print $out $server->sockport;
close $out;
rename "$port_file.new", $port_file or die;
$SIG{PIPE} = 'IGNORE';

my %asked;

sub keep {
    my ($name, $bytes) = @_;
    open my $file, '>', "$folder/$name" or die;
    print $file $bytes;
    close $file;
}

while (my $client = $server->accept) {
    my ($head, $length, $body) = ('', 0, '');
    while (my $line = <$client>) {
        last if $line =~ /^\r?\n$/;
        $length = $1 if $line =~ /^content-length:\s*(\d+)/i;
        $head .= $line;
    }
    read $client, $body, $length if $length;
    my $n = 1; # of what is there: the test removes what it has seen
    $n++ while -e "$folder/$n.head";
    keep("$n.body", $body);
    keep("$n.head", $head);
    my ($what) = $head =~ m{^\S+ /([a-z]+)};
    my $nth = ++$asked{$what};
    my ($status, $headers, $answer) = ('200 OK', '', 'ok');
    next if $what eq 'dead';
    if ($what eq 'slow') { # until the other side leaves
        $client->blocking(1);
        read $client, $answer, 1;
        next;
    }
    ($status, $headers) = ('429 Too Many Requests', "Retry-After: 1\r\n") if $what eq 'limit' && $nth == 1;
    ($status, $headers) = ('429 Too Many Requests', "Retry-After: 61\r\n") if $what eq 'quota';
    ($status, $headers) = ('302 Found', "Location: http://127.0.0.1/ok\r\n") if $what eq 'away';
    ($status, $answer) = ('500 Internal Server Error', 'oh') if $what eq 'down';
    ($status, $answer) = ('404 Not Found', "no such hook:$1") if $what eq 'blame' && $head =~ m{^\S+ (\S+)};
    $answer = 'x' x 1048576 if $what eq 'big';
    print $client "HTTP/1.1 $status\r\nContent-Length: ", length $answer, "\r\nConnection: close\r\n$headers\r\n$answer";
    close $client;
}
