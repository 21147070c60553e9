#!/usr/bin/perl
# Stands for PageSpeed Insights and CrUX on loopback, for tests/perfcheck_fetch.t. What happens is said by the last
# part of the page's path: /ok, /busy, /down, ... Arguments: a file for the port, a file for what was asked.
use strict;
use warnings;
use IO::Socket::INET;

my ($port_file, $log_file) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16, ReuseAddr => 1) or die "no port: $!";
open my $log, '>', $log_file or die;
$log->autoflush(1);
open my $out, '>', "$port_file.new" or die;
print $out $server->sockport;
close $out;
rename "$port_file.new", $port_file or die;

my %asked;

sub reply {
    my ($client, $status, $body, $headers, $length) = @_;
    $length //= length $body;
    print $client "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: $length\r\n",
        'Connection: close', "\r\n", $headers // '', "\r\n", $body;
}

sub failure {
    my ($code, $message) = @_;
    return qq({\n  "error": {\n    "code": $code,\n    "message": "$message",\n    "errors": []\n  }\n}\n);
}

sub psi {
    my ($url, $form) = @_;
    return <<"END";
{
  "captchaResult": "CAPTCHA_NOT_NEEDED",
  "kind": "pagespeedonline#result",
  "id": "$url",
  "loadingExperience": {"id": "$url", "metrics": {"LARGEST_CONTENTFUL_PAINT_MS": {"percentile": 2154}}},
  "lighthouseResult": {
    "requestedUrl": "$url", "finalUrl": "$url", "finalDisplayedUrl": "$url",
    "lighthouseVersion": "12.8.2", "fetchTime": "2026-11-20T10:00:00.000Z", "gatherMode": "navigation",
    "configSettings": {"formFactor": "$form", "throttlingMethod": "simulate"},
    "environment": {"benchmarkIndex": 1500}, "runWarnings": [],
    "audits": {"redirects": {"id": "redirects", "title": "No redirects", "score": 0.5,
      "scoreDisplayMode": "metricSavings", "numericValue": 300}},
    "categories": {"performance": {"id": "performance", "score": 0.5,
      "auditRefs": [{"id": "redirects", "weight": 10}]}}
  }
}
END
}

sub crux {
    my ($key) = @_;
    return <<"END";
{"record": {"key": {"formFactor": "PHONE", $key}, "metrics": {"largest_contentful_paint":
 {"percentilesTimeseries": {"p75s": [2400, null]}}}, "collectionPeriods": [
 {"firstDate": {"year": 2026, "month": 10, "day": 11}, "lastDate": {"year": 2026, "month": 11, "day": 7}},
 {"firstDate": {"year": 2026, "month": 10, "day": 18}, "lastDate": {"year": 2026, "month": 11, "day": 14}}]}}
END
}

sub answer {
    my ($client, $what, $nth, $good, $query) = @_;
    if ($what eq 'busy' && $nth < 3) {
        reply($client, '429 Too Many Requests', failure(429, 'Quota exceeded'), "Retry-After: 1\r\n");
    } elsif ($what eq 'down') {
        reply($client, '500 Internal Server Error', failure(500, 'Lighthouse returned error: NO_FCP.'), "Retry-After: 1\r\n");
    } elsif ($what eq 'quota') {
        reply($client, '429 Too Many Requests', failure(429, 'Daily quota exceeded'), "Retry-After: 3600\r\n");
    } elsif ($what eq 'wrong') {
        reply($client, '400 Bad Request', failure(400, 'FAILED_DOCUMENT_REQUEST of \"page\"'));
    } elsif ($what eq 'none') {
        reply($client, '404 Not Found', failure(404, 'chrome ux report data not found'));
    } elsif ($what eq 'html') {
        reply($client, '200 OK', '<html><body>Please log in</body></html>');
    } elsif ($what eq 'junk') {
        reply($client, '200 OK', 'no report today');
    } elsif ($what eq 'large') {
        reply($client, '200 OK', '', '', 1_000_000_000);
    } elsif ($what eq 'away') {
        reply($client, '302 Found', '', "Location: http://127.0.0.1:1/\r\n");
    } elsif ($what eq 'cut' && $nth == 1) {
        reply($client, '200 OK', substr($good, 0, 400), '', length $good);
    } elsif ($what eq 'echo') {
        my ($key) = $query =~ /[?&]key=([^&]*)/;
        $good =~ s/"kind"/"leak": "$key", "kind"/;
        reply($client, '200 OK', $good);
    } elsif ($what eq 'blame') {
        my ($key) = $query =~ /[?&]key=([^&]*)/;
        reply($client, '400 Bad Request', failure(400, "API key $key is not valid"));
    } else {
        sleep 2 if $what eq 'slow';
        reply($client, '200 OK', $good);
    }
}

while (my $client = $server->accept) {
    my $line = <$client> // '';
    my ($method, $path) = split ' ', $line;
    my ($length, $body, $headers) = (0, '', '');
    while (my $header = <$client>) {
        last if $header =~ /^\r?\n$/;
        $length = $1 if $header =~ /^content-length:\s*(\d+)/i;
        $headers .= $header;
    }
    read $client, $body, $length if $length;
    $path //= '';
    print $log "$method $path $body\n", $headers, "--\n";
    if ($path =~ m{^/psi\?}) {
        my ($url) = $path =~ /[?&]url=([^&]*)/;
        my ($form) = $path =~ /[?&]strategy=([^&]*)/;
        $url =~ s/%([0-9A-F]{2})/chr hex $1/ge;
        my ($what) = $url =~ m{([a-z]+)$};
        answer($client, $what, ++$asked{"$what $form"}, psi($url, $form), $path);
    } else {
        my ($key) = $body =~ /("(?:url|origin)":"[^"]*")/;
        my ($what) = ($key // '') =~ m{([a-z]+)"$};
        answer($client, $what, ++$asked{"crux $what"}, crux($key), $path);
    }
    close $client;
}
