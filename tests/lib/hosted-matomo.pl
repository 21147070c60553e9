#!/usr/bin/perl
# Stands for Matomo's reporting API on loopback, for tests/hosted_matomo.t; see Stub.pm. Days of a shop: 1000 visits or
# so, ten of them with the event action 404; on 2026-03-20 two hundred. Words of its own: nobody (no visit at all), gone
# (none on the day that $ENV{GONE} names), error (an error inside of a 200), lost (a day is missing), list (a day is a
# list that is not empty), real (a count with a point), no-such (the error of a token that is refused, with 200).
use strict;
use warnings;
use Stub;
use Time::Local;

sub days { # from a day to a day
    my @ends = map { /^(\d{4})-(\d\d)-(\d\d)$/ ? timegm(0, 0, 12, $3, $2 - 1, $1) : return () } @_;
    return map { my @t = gmtime $_; sprintf '%d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3] }
        map { $ends[0] + 86400 * $_ } 0 .. ($ends[1] - $ends[0]) / 86400;
}

sub visits {
    my ($day, $is_segment) = @_;
    my $number = substr($day, 5, 2) * 31 + substr $day, 8, 2;
    return 1000 + $number % 7 * 10 unless $is_segment;
    return $day eq '2026-03-20' ? 200 : 10 + $number % 3;
}

sub answer {
    my ($request) = @_;
    my $fault = $request->{fault};
    my ($from, $to) = $request->{body} =~ /&date=([-0-9]+),([-0-9]+)&/;
    my ($segment) = $request->{body} =~ /&segment=([^&]*)/;
    return { status => '400 Bad Request', body => '{"result":"error","message":"bad question"}' }
        unless $request->{path} eq '/index.php' && $to;
    return { body => '{"result":"error","message":"The segment \'x\' is not \u202e supported."}' } if $request->{at} && $fault eq 'error';
    return { body => qq({"result":"error","message":"Unable to authenticate with token $ENV{HOSTED_TOKEN}"}) } if $request->{at} && $fault eq 'echo';
    my @days = days($from, $to);
    pop @days if $fault eq 'lost';
    my $body = join ',', map {
        my $n = visits($_, defined $segment);
        my $is_empty = $fault eq 'nobody' || ($fault eq 'gone' && $_ eq $ENV{GONE});
        my $count = $fault eq 'real' ? "$n.5" : $n;
        my $more = defined $segment ? '' : qq(,"nb_actions":5,"bounce_rate":"37%");
        my $empty = $fault eq 'list' ? '[1]' : '[]';
        qq("$_":) . ($is_empty || $fault eq 'list' ? $empty : qq({"nb_visits":$count$more}));
    } @days;
    return { body => "{$body}" };
}

Stub::serve(\&answer);
