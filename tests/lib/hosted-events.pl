#!/usr/bin/perl
# Events of 2026-03-01 to 2026-03-20 in Berlin as PostHog's exports have them, the same each time: lines of the second
# each was ingested, a tab, the JSON. Later than it happened by up to an hour, in no order of either.
use strict;
use warnings;

my $seed = 20260301;

sub any { # a whole number below N; a linear congruential generator (Numerical Recipes)
    $seed = ($seed * 1664525 + 1013904223) % 4294967296;
    return int($seed / 4294967296 * $_[0]);
}

sub instant {
    my @t = gmtime $_[0];
    return sprintf '%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0], any(1000000);
}

my $first = 1772319600; # 2026-03-01 00:00 in Berlin
my @lines;
for my $i (1 .. 8000) {
    my $day = any(20);
    my $session = $day * 1000 + any(100);
    my $at = $first + $day * 86400 + ($session * 7919) % 86000 + any(400);
    my $dice = any(100);
    my ($event, $more) =
        $dice < 60 ? ('$pageview', '') :
        $dice < 63 ? ('$rageclick', '') :
        $dice < 65 ? ('$exception', ',"$exception_list":[{"type":"TypeError","value":"x is null"}]') :
        $dice < 75 ? ('$web_vitals', sprintf ',"$web_vitals_LCP_value":%d', 1000 + any(3) * 900) :
        $dice < 78 ? ('page gone', '') :
        $dice < 90 ? ('$feature_flag_called', ',"$feature_flag":"cta","$feature_flag_response":"' . qw(a b)[$session % 2] . '"') :
                     ('order paid', '');
    my $browser = qw(Chrome Firefox Safari)[$session % 3];
    my $page = ('/', '/cart', "/caf\xc3\xa9")[any(3)];
    push @lines, sprintf qq(%d\t{"uuid":"e%d","event":"%s","distinct_id":"u%d","timestamp":"%s","properties":{"\$session_id":"s%d",)
        . qq("\$pathname":"%s","\$browser":"%s","\$device_type":"Desktop","release":"4.%d"%s}}\n),
        $at + any(3600), $i, $event, $session % 397, instant($at), $session, $page, $browser, $day > 9, $more;
}
print @lines;
