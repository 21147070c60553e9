#!/usr/bin/perl
# Stands for Umami's API on loopback, for tests/hosted_umami.t; see Stub.pm: a server of one's own with a login, and
# Umami Cloud with a key. Days of a shop: 60 sessions or so, three of them with the event 404; on 2026-03-20 forty of
# them. Words of its own: two-pages (of 25 rows at most), repeat (the page is ignored), other-page (and says so), short
# (the count is never reached), grown (the count changes at each page), settled (it changes once), nobody (no rows at
# all), gone (none on the day that $ENV{GONE} names), outside (rows of the day before), no-time, no-name (a field that
# is missing), torn (grown on the day that $ENV{GONE} names alone).
use strict;
use warnings;
use Stub;

my $key = 'eyJhbGciOi.umami/token+of=login';

sub iso { my @t = gmtime $_[0]; return sprintf '%d-%02d-%02dT%02d:%02d:%02d.000Z', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] }

sub rows { # of the day that begins at $from, s
    my ($from, $fault) = @_;
    my $day = substr iso($from + 43200), 0, 10;
    return () if $fault eq 'nobody' || ($fault eq 'gone' && $day eq $ENV{GONE});
    my $number = substr($day, 5, 2) * 31 + substr $day, 8, 2;
    my $hits = $day eq '2026-03-20' ? 40 : 3;
    my $shift = $fault eq 'outside' ? 86400 : 0;
    my @rows;
    for my $session (0 .. 59 + $number % 5) {
        for my $is_custom (0 .. ($session < $hits ? 1 : 0)) {
            my $browser = $session % 3 ? '"chrome"' : $session % 2 ? '"firefox"' : 'null';
            my $created = $fault eq 'no-time' ? 'yesterday' : iso($from + 300 * $session + $is_custom - $shift);
            my $name = $is_custom ? '"404"' : 'null';
            $name = $fault eq 'no-name' ? '' : qq(,"eventName":$name);
            push @rows, sprintf '{"id":"%s-%d-%d","websiteId":"w","sessionId":"%s-%d","createdAt":"%s","urlPath":"/p%d","browser":%s,"os":"Linux",'
                . '"device":"desktop","eventType":%d%s}', $day, $session, $is_custom, $day, $session, $created, $session % 4, $browser, 1 + $is_custom, $name;
        }
    }
    return reverse @rows;
}

sub answer {
    my ($request) = @_;
    my $fault = $request->{fault};
    my %sent = %{ $request->{headers} };
    if ($request->{path} eq '/api/auth/login') {
        return { status => '401 Unauthorized', body => '{"error":{"message":"Incorrect username and/or password."}}' }
            unless $request->{body} eq qq({"username":"kim \\"k\\"","password":"$ENV{HOSTED_TOKEN}"});
        return { body => '{"user":{"id":"u"}}' } if $fault eq 'no-token';
        return { body => qq({"token":"$key","user":{"id":"u"}}) };
    }
    my $is_cloud = $request->{path} =~ m{^/v1/};
    my $has_key = $is_cloud ? ($sent{'x-umami-api-key'} // '') eq $ENV{HOSTED_TOKEN} && !$sent{authorization}
        : ($sent{authorization} // '') eq "Bearer $key";
    return { status => '401 Unauthorized', body => '{"error":"unauthorized"}' } unless $has_key;
    my ($from, $to, $page, $most) = $request->{path} =~ m{^/(?:api|v1)/websites/0f-1A/events\?startAt=(\d+)&endAt=(\d+)&page=(\d+)&pageSize=(\d+)$};
    return { status => '400 Bad Request', body => '{"error":"bad question"}' } unless defined $most && $to % 1000 == 999;
    my @rows = rows($from / 1000, $fault);
    my $count = @rows;
    $most = 25 if $fault =~ /^(two-pages|repeat|other-page|grown|settled|torn)$/;
    my $asked = $page;
    $page = 1 if $fault =~ /^(repeat|other-page)$/;
    my $day = substr iso($from / 1000 + 43200), 0, 10;
    $count++ if $fault eq 'short' || ($fault eq 'grown' && $page > 1) || ($fault eq 'torn' && $page > 1 && $day eq $ENV{GONE});
    $count++ if $fault eq 'settled' && $request->{nth} == 3;
    $page = $asked unless $fault eq 'other-page';
    $most = $count - 25 * ($page - 1) if $fault eq 'repeat' && $count < 25 * $page;
    my $at = ($fault eq 'repeat' ? 0 : $page - 1) * $most;
    my $data = join ',', splice @rows, $at < @rows ? $at : scalar @rows, $most;
    return { body => qq({"data":[$data],"count":$count,"page":$page,"pageSize":$most}) };
}

Stub::serve(\&answer);
