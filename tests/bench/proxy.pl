#!/usr/bin/perl
# proxy.pl PORT FILE: hands connections to 127.0.0.1:PORT on, and writes to FILE its own port, then, with each
# connection that ends, how many bytes went to the server and came back, all together.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($port, $file) = @ARGV;
my ($to, $from) = (0, 0);
my $server = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1') or die $!;
$SIG{PIPE} = 'IGNORE';

sub tell_it {
	open(my $out, '>', "$file.new") or die $!;
	print $out join(' ', $server->sockport, $to, $from), "\n";
	close $out;
	rename "$file.new", $file or die $!;
}

tell_it();
while (my $client = $server->accept) {
	my $peer = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or next;
	my $both = IO::Select->new($client, $peer);
	OPEN: while (my @ready = $both->can_read) {
		for my $end (@ready) {
			my $n = sysread($end, my $bytes, 65536);
			last OPEN unless $n;
			$end == $client ? $to += $n : ($from += $n);
			my $other = $end == $client ? $peer : $client;
			for (my $sent = 0; $sent < $n;) {
				my $more = syswrite($other, $bytes, $n - $sent, $sent) or last OPEN;
				$sent += $more;
			}
		}
	}
	close $client;
	close $peer;
	tell_it();
}
