#!/usr/bin/perl
# Stands for Plausible's Stats API v2 on loopback, for tests/hosted_plausible.t; see Stub.pm. Days of a shop: 1000
# visitors or so, ten of them on the goal 404; on 2026-03-20 two hundred, on /cart. Words of its own: two-pages, repeat
# (the offset is ignored), short (the total is never reached), grown (the total changes), nobody (no visitor at all),
# gone (none on the day that $ENV{GONE} names), zone (the site's zone is UTC), old (no word on the query).
use strict;
use warnings;
use Stub;

sub rows { # value => visitors
    my ($day, $dimension, $goal) = @_;
    my $number = substr($day, 5, 2) * 31 + substr $day, 8, 2;
    my $all = 1000 + $number % 7 * 10;
    my $hit = $day eq '2026-03-20' ? 200 : 10 + $number % 3;
    if ($dimension eq 'event:page') {
        return $goal ? ('/cart' => $hit - 2, '/old link' => 2) : ('/' => $all - 200, '/cart' => 400 + $number % 5, '/old link' => 30);
    }
    return $goal ? (Firefox => $hit) : (Firefox => $all - 100, Chrome => 90, '(not set)' => 10) if $dimension eq 'visit:browser';
    return $goal ? (Mobile => $hit) : (Mobile => 600, Desktop => $all - 600) if $dimension eq 'visit:device';
    return ('' => $goal ? $hit : $all);
}

sub answer {
    my ($request) = @_;
    my $fault = $request->{fault};
    my ($day) = $request->{body} =~ /"date_range":\["([-0-9]+)"/;
    my ($dimension) = $request->{body} =~ /"dimensions":\["([^"]*)"\]/;
    my ($offset) = $request->{body} =~ /"offset":(\d+)/;
    my $goal = $request->{body} =~ /"event:goal"/;
    return { status => '400 Bad Request', body => '{"error":"bad question"}' } unless $day && defined $offset;
    $dimension //= '';
    my %rows = rows($day, $dimension, $goal);
    my $big = $dimension eq 'event:page' && !$goal && $day eq '2026-03-20';
    if ($big && $fault =~ /^(two-pages|repeat|grown)$/) {
        $rows{sprintf '/p/%05d', $_} = 1 for 1 .. 10001;
    }
    %rows = $dimension ? () : ('' => 0) if $fault eq 'nobody' || ($fault eq 'gone' && $day eq $ENV{GONE});
    my @values = sort { $rows{$b} <=> $rows{$a} || $a cmp $b } keys %rows;
    my $total = @values;
    @values = $fault eq 'repeat' && $offset ? @values[0 .. 3] : splice @values, $offset, 10000;
    $total += 3 if $big && $fault eq 'short';
    $total += 1 if $fault eq 'grown' && $offset > 0;
    my $results = join ',', map {
        sprintf '{"metrics":[%d],"dimensions":[%s]}', $rows{$_}, $dimension ? qq("$_") : ''
    } @values;
    my $zone = $fault eq 'zone' ? '+00:00' : $day lt '2026-03-30' ? '+01:00' : '+02:00';
    my $query = $fault eq 'old' ? '' : qq("date_range":["${day}T00:00:00$zone","${day}T23:59:59$zone"]);
    return { body => qq({"results":[$results],"meta":{"total_rows":$total},"query":{$query}}) };
}

Stub::serve(\&answer);
