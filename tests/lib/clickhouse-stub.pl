#!/usr/bin/perl
# clickhouse-stub.pl PORT-FILE REQUESTS-FILE: a server on 127.0.0.1 that answers as a ClickHouse in trouble would; the
# first part of the path says which trouble. Requests are kept, so that a test can read what was sent.
use strict;
use warnings;
use IO::Socket::INET;

my ($port_file, $requests) = @ARGV;
my $meta = '"meta":[{"name":"n","type":"UInt64"},{"name":"k","type":"UInt64"},{"name":"t","type":"UInt64"}]';
my $none = "{$meta,\"data\":[[\"0\",\"0\",\"0\"]],\"rows\":1}";
my $code = "Code: 395, e.displayText() = DB::Exception: Value passed to 'throwIf' function is non zero, e.what() = "
  . 'DB::Exception';
my $json = 'Content-Type: application/json';
my %answer = (
	exception => ['200 OK', $json, $code],
	inside => ['200 OK', $json, "{$meta,\"data\":[[\"5\",\"5\",\"1\"],\n$code"],
	header => ['200 OK', "$json\r\nX-ClickHouse-Exception-Code: 395", $none],
	member => ['200 OK', $json, "{$meta,\"data\":[[\"0\",\"0\",\"0\"]],\"rows\":1,\"exception\":\"oh\"}"],
	half => ['200 OK', $json, substr($none, 0, -20)],
	empty => ['200 OK', $json, ''],
	html => ['200 OK', 'Content-Type: text/html', '<!doctype html><title>Sign in</title>'],
	elsewhere => ['302 Found', 'Location: http://127.0.0.1:1/', ''],
	names => ['200 OK', $json, $none =~ s/"k"/"c"/r],
	columns => ['200 OK', $json, '{"meta":[{"name":"n"}],"data":[["0"]],"rows":1}'],
	null => ['200 OK', $json, "{$meta,\"data\":[[\"5\",null,\"1\"]],\"rows\":1}"],
	fraction => ['200 OK', $json, "{$meta,\"data\":[[1.5,1,1]],\"rows\":1}"],
	minus => ['200 OK', $json, "{$meta,\"data\":[[\"5\",\"-5\",\"1\"]],\"rows\":1}"],
	rows => ['200 OK', $json, $none =~ s/"rows":1/"rows":2/r],
	none => ['200 OK', $json, "{$meta,\"data\":[],\"rows\":0}"],
	calm => ['200 OK', $json, $none],
	later => ['429 Too Many Requests', 'Retry-After: 3600', ''],
	big => ['200 OK', $json, '[' . ' ' x (9 << 20)],
);

my $server = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die $!;
open(my $to, '>', "$port_file.new") or die $!;
print $to $server->sockport;
close $to;
rename "$port_file.new", $port_file or die $!;
$SIG{PIPE} = 'IGNORE';
while (my $client = $server->accept) {
	my ($head, $length) = ('', 0);
	while (defined(my $line = <$client>)) {
		$head .= $line;
		$length = $1 if $line =~ /^Content-Length: (\d+)/i;
		last if $line eq "\r\n";
	}
	read($client, my $body, $length) if $length;
	open(my $log, '>>', $requests) or die $!;
	print $log $head, $body // '', "\n";
	close $log;
	my ($which) = $head =~ m{^POST /(\w+)};
	my ($status, $headers, $text) = @{ $answer{ $which // '' } // ['404 Not Found', 'X-No: no', ''] };
	# without Content-Length: the end of the connection is the end of the body, and proves nothing
	print $client "HTTP/1.1 $status\r\n$headers\r\nConnection: close\r\n\r\n$text";
	close $client;
}
