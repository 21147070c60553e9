#!/usr/bin/perl
# clickhouse-stub.pl PORT-FILE REQUESTS-FILE: a server on 127.0.0.1 that answers as a ClickHouse in trouble would; the
# first part of the path says which trouble. Requests are kept, so that a test can read what was sent.
use strict;
use warnings;
use IO::Socket::INET;

my ($port_file, $requests) = @ARGV;
my $meta = '"meta":[{"name":"d","type":"Int64"},{"name":"n","type":"UInt64"},{"name":"k","type":"UInt64"},{"name":"t","type":"UInt64"}]';
my $calm = "{$meta,\"data\":[],\"rows\":0}";

sub rows { # of the answer to how many rows the days have; T is the time of the first
	return ['200 OK', 'Content-Type: application/json', "{$meta,\"data\":[" . join(',', @_) . '],"rows":' . @_ . '}'];
}
my $code = "Code: 395, e.displayText() = DB::Exception: Value passed to 'throwIf' function is non zero, e.what() = "
  . 'DB::Exception';
my $json = 'Content-Type: application/json';
my %answer = (
	exception => ['200 OK', $json, $code],
	inside => ['200 OK', $json, "{$meta,\"data\":[[\"0\",\"5\",\"5\",\"1\"],\n$code"],
	header => ['200 OK', "$json\r\nX-ClickHouse-Exception-Code: 395", $calm],
	member => ['200 OK', $json, "{$meta,\"data\":[],\"rows\":0,\"exception\":\"oh\"}"],
	half => ['200 OK', $json, substr($calm, 0, -20)],
	empty => ['200 OK', $json, ''],
	html => ['200 OK', 'Content-Type: text/html', '<!doctype html><title>Sign in</title>'],
	elsewhere => ['302 Found', 'Location: http://127.0.0.1:1/', ''],
	names => ['200 OK', $json, $calm =~ s/"k"/"c"/r],
	columns => ['200 OK', $json, '{"meta":[{"name":"n"}],"data":[["0"]],"rows":1}'],
	null => rows('["0","5",null,"T"]'),
	fraction => rows('["0",1.5,1,"T"]'),
	minus => rows('["0","5","-5","T"]'),
	rows => ['200 OK', $json, $calm =~ s/"rows":0/"rows":1/r],
	elsewhen => rows('["10","5","5","T"]'),
	twice => rows('["0","5","5","T"]', '["0","6","6","T"]'),
	early => rows('["0","5","5","1"]'),
	calm => ['200 OK', $json, $calm],
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
	my ($first_s) = ($body // '') =~ />= toDateTime\((\d+)\)/;
	$text =~ s/"T"/"${first_s}000"/g if $first_s;
	# without Content-Length: the end of the connection is the end of the body, and proves nothing
	print $client "HTTP/1.1 $status\r\n$headers\r\nConnection: close\r\n\r\n$text";
	close $client;
}
