#!/usr/bin/perl
# events.pl FOLDER EVENTS: one set of events, the same each time, as FOLDER/N.jsonl and FOLDER/N.tsv for N of 1 to
# 4: what has arrived when the days 5, 9, 12 and 14 are judged. The days are 2026-03-19 to 2026-04-01 of
# Europe/Berlin, with the day of 23 hours (03-29), an empty day (03-24), events that come late, twice, at the same
# second, without a session; sessions across midnight; empty text, quotes and UTF-8.
use strict;
use warnings;

my ($folder, $events) = @ARGV;
my $seed = 20260319;

sub any { # a whole number below N; a linear congruential generator (Numerical Recipes), so that no library matters
	my ($n) = @_;
	$seed = ($seed * 1664525 + 1013904223) % 4294967296;
	return int($seed / 4294967296 * $n);
}

sub one { return $_[any(scalar @_)] }

sub quoted { # as JSON
	my ($text) = @_;
	$text =~ s/(["\\])/\\$1/g;
	return "\"$text\"";
}

my @bounds = (1773874800); # 2026-03-19 00:00 in Berlin
push @bounds, $bounds[-1] + 3600 * ($_ == 10 ? 23 : 24) for 0 .. 13;
my @stage = map { $_ <= 4 ? 1 : $_ <= 8 ? 2 : $_ <= 11 ? 3 : 4 } 0 .. 13;
my @pages = ('/', '/cart', '/checkout', '/checkout/pay', "/l'atelier", '/say"so', "/caf\xc3\xa9", '/p/:id', '');
my @browsers = ('Chrome', 'Firefox', "O'Pera", 'Say "so"', "\xc5\x8cpera", '');
my @columns = qw(ts event_id session_id user_id event page browser device release error status referrer_host value
  results lcp inp cls fcp ttfb experiment arm);
my %text = map { $_ => 1 } qw(event_id session_id user_id event page browser device release error referrer_host
  experiment arm);
my %field = (ts => 'time', event_id => 'id', session_id => 'session', user_id => 'user');
my (@json, @table);

sub put {
	my ($stage, %row) = @_;
	my @pairs;
	for my $name (@columns) {
		next unless defined $row{$name} && $row{$name} ne '';
		my $value = $name eq 'ts' ? $row{ts} : $text{$name} ? quoted($row{$name}) : $row{$name};
		push @pairs, quoted($field{$name} // $name) . ":$value";
	}
	push @{ $json[$stage] }, '{' . join(',', @pairs) . '}';
	push @{ $table[$stage] }, join "\t", map { $row{$_} // ($text{$_} ? '' : '\N') } @columns;
}

sub event_of { # what happened, with the numbers it has
	my ($day) = @_;
	my $bad = $day >= 11 ? 4 : 1; # pain begins
	my $dice = any(100);
	return (event => 'pageview') if $dice < 40;
	return (event => 'exception', error => one('e1', 'e2', 'e"3', "e\xc3\xa94")) if $dice < 41 + $bad;
	return (event => 'rage_click') if $dice < 42 + 2 * $bad;
	return (event => 'web vitals', lcp => 1000 + any(3) * 1500, cls => one(0.05, 0.1, 0.25), inp => any(400))
	  if $dice < 55;
	return (event => 'request', status => one(200, 200, 404, 500), referrer_host => one('Shop.example', 'other.example'))
	  if $dice < 62;
	return (event => 'search', results => any(3)) if $dice < 66;
	return (event => one('form_start', 'form_submit')) if $dice < 72;
	return (event => one('checkout_start', 'order paid', 'payment_failed')) if $dice < 80;
	return (event => 'exposure', experiment => one('cta', 'cta', 'menu'), arm => one(('A', 'B') x 6, 'C', ''))
	  if $dice < 92;
	return (event => one('purchase', 'refund', 'purchase'));
}

for my $i (1 .. $events) {
	my $day = any(14);
	my $length = $bounds[$day + 1] - $bounds[$day];
	my $session = $day * 1000 + any($events / 60); # some 4 events each
	my $ts = $bounds[$day] + ($session * 7919) % $length + any(40) * 30;
	$ts = $bounds[$day] + any(2) if any(200) == 0; # the first second, often
	next if $ts >= $bounds[14];
	my ($on) = grep { $ts < $bounds[$_ + 1] } 0 .. 13; # it may be the next day already
	next if $on == 5; # the empty day
	my $stage = $stage[$on];
	$stage++ if $stage < 4 && any(50) == 0; # late
	my %row = (ts => $ts, event_id => "e$i", session_id => "s$session", user_id => 'u' . ($session % 397),
		page => one(@pages), browser => $browsers[$session % @browsers], device => one('Mobile', 'Desktop'),
		release => $on < 7 ? '4.1.0' : '4.2.0', event_of($on));
	@row{qw(session_id user_id)} = ('', '') if any(400) == 0; # nobody's
	put($stage, %row);
	put($stage, %row) if any(60) == 0; # twice
}
for my $stage (1 .. 4) {
	for ([ "$folder/$stage.jsonl", $json[$stage] ], [ "$folder/$stage.tsv", $table[$stage] ]) {
		my ($path, $lines) = @$_;
		open(my $to, '>', $path) or die "$path: $!";
		print $to map { "$_\n" } @$lines;
		close($to) or die "$path: $!";
	}
}
