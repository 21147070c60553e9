#!/usr/bin/perl
# Stands for the GA4 Data API on loopback, for tests/hosted_ga4.t; see Stub.pm. Days of a shop: 1000 sessions or so, ten
# of them with an exception and 300 with a search; on 2026-03-20 two hundred exceptions. Words of its own: two-pages (of
# names), repeat (the offset is ignored), short (the total is never reached), grown (the total changes),
# nobody (no rows at all), gone (none on the day that $ENV{GONE} names), nameless (no rows by name), zone (the property
# has another one), few, earlier, other, sample (what makes a day partial; few on 2026-03-20 alone, earlier on the day before), shifted (rows of the
# day before), numbers (numbers that are no texts).
use strict;
use warnings;
use Stub;

sub names { # of events => sessions
    my ($day, $all) = @_;
    my $number = substr($day, 5, 2) * 31 + substr $day, 8, 2;
    return (session_start => $all, page_view => $all - 3, exception => $day eq '2026-03-20' ? 200 : 10 + $number % 3,
        view_search_results => 300, '404' => 4, 'not found' => 3);
}

sub row {
    my ($fault, $sessions, @values) = @_;
    $values[0] =~ tr/-//d;
    $values[0]-- if $fault eq 'shifted';
    my $value = $fault eq 'numbers' ? $sessions : qq("$sessions");
    return sprintf '{"dimensionValues":[%s],"metricValues":[{"value":%s}]}', join(',', map { qq({"value":"$_"}) } @values), $value;
}

sub metadata {
    my ($fault, $day) = @_;
    my $zone = $fault eq 'zone' ? 'America/New_York' : 'Europe/Berlin';
    my $is_few = $fault eq 'few' && $day eq '2026-03-20' || $fault eq 'earlier' && $day eq '2026-03-19';
    my $more = $is_few ? '"subjectToThresholding":true' : $fault eq 'other' ? '"dataLossFromOtherRow":true'
        : $fault eq 'sample' ? '"samplingMetadatas":[{"samplesReadCount":"1"}]' : '"subjectToThresholding":false';
    return qq({"currencyCode":"EUR","timeZone":"$zone",$more});
}

sub answer {
    my ($request) = @_;
    my $fault = $request->{fault};
    my ($day) = $request->{body} =~ /"startDate":"([-0-9]+)"/;
    my ($offset) = $request->{body} =~ /"offset":"(\d+)"/;
    my $by_name = $request->{body} =~ /\{"name":"eventName"\}/;
    return { status => '400 Bad Request', body => '{"error":{"code":400,"message":"bad question"}}' }
        unless $request->{path} eq '/v1beta/properties/123:runReport' && $day && defined $offset;
    my $number = substr($day, 5, 2) * 31 + substr $day, 8, 2;
    my $all = 1000 + $number % 7 * 10;
    my @rows;
    if ($fault eq 'nobody' || ($fault eq 'gone' && $day eq $ENV{GONE}) || ($fault eq 'nameless' && $by_name)) {
    } elsif ($by_name) {
        my %names = names($day, $all);
        @rows = map { row($fault, $names{$_}, $day, $_) } sort keys %names;
    } elsif ($request->{body} =~ /"inListFilter"/) {
        @rows = row($fault, 6, $day);
    } else {
        @rows = row($fault, $all, $day);
    }
    my $total = @rows;
    my $most = $fault =~ /^(two-pages|repeat|grown)$/ ? 4 : 100000; # a server may give less than was asked for
    @rows = $fault eq 'repeat' && $offset ? @rows[0 .. 1] : splice @rows, $offset, $most;
    $total++ if $fault eq 'grown' && $offset || $fault eq 'short' && $by_name;
    my $some = $total ? sprintf('"rows":[%s],"rowCount":%d,', join(',', @rows), $total) : '';
    return { body => "{$some\"metadata\":" . metadata($fault, $day) . ',"kind":"analyticsData#runReport"}' };
}

Stub::serve(\&answer);
