#!/bin/sh
# Weight files as others read them, as TAP: perl's own readers of JSON and YAML, which share no code with ours, find
# the weights of the state, and flagd's rules and GrowthBook's are checked once more from what they read.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
BIN=${BIN:-$root/build/release/bin}
export LC_ALL=C
if ! perl -MJSON::PP -MCPAN::Meta::YAML -e 1 2>/dev/null; then
	echo 'ok 1 # SKIP perl has no JSON::PP or CPAN::Meta::YAML here'
	echo 1..1
	exit 0
fi
n=0

as() { # experiment, format, perl that has the document in $d, what it must print
	n=$((n + 1))
	got=$(cd "$root/tests/golden/cta" && "$BIN/rounds-bandit" weights "$1" --as "$2" |
		perl -MJSON::PP -MCPAN::Meta::YAML -e '
			my ($format, $code) = @ARGV;
			my $text = join "", <STDIN>;
			my $d = $format =~ /traefik|envoy/ ? CPAN::Meta::YAML->read_string($text)->[0] :
			    JSON::PP->new->utf8->decode($text);
			print join " ", eval $code;
			print $@' "$2" "$3")
	[ "$got" = "$4" ] && echo "ok $n - $1 as $2" && return
	echo "not ok $n - $1 as $2"
	printf '%s\n' "$got" | sed 's/^/# /'
}

# The perl is in single quotes, and its variables are meant for perl.
# shellcheck disable=SC2016
{
	names='map { $_->{name}, $_->{weight} } @{'
	traefik="$names\$d->{http}{services}"
	envoy="($names\$d->{route}{weighted_clusters}{clusters}}), \$d->{route}{weighted_clusters}{total_weight}"
	as cta traefik "$traefik{cta}{weighted}{services}}" 'control 7000 b 2000 c 1000'
	as dark-mode traefik "$traefik{'dark-mode'}{weighted}{services}}" 'web 9988 web.blue:8080 12 no 0'
	as cta traefik '$d->{http}{services}{cta}{weighted}{sticky}{cookie}{name}' cta
	as cta envoy "$envoy" 'control 7000 b 2000 c 1000 10000'
	as dark-mode envoy "$envoy" 'web 9988 web.blue:8080 12 no 0 10000'
	as cta unleash "$names\$d->{variants}}" 'control 700 b 200 c 100'
	as cta launchdarkly 'map { $_->{variation}, $_->{weight} } @{$d->{rollout}{variations}}' '0 70000 1 20000 2 10000'
	as cta json 'map { $_, $d->{weights_bp}{$_} } sort keys %{$d->{weights_bp}}' 'b 2000 c 1000 control 7000'

	flagd='my ($f) = values %{$d->{flags}};
		my ($hashed, @shares) = @{$f->{targeting}{fractional}};
		my %types = map { ref($_) || "TEXT", 1 } values %{$f->{variants}};
		my $sum = 0;
		for (@shares) {
			exists $f->{variants}{$_->[0]} && $_->[1] =~ /^[0-9]+$/ or die "bad share";
			$sum += $_->[1];
		}
		(keys %{$d->{flags}}, $f->{state}, exists $f->{variants}{$f->{defaultVariant}}, ref $hashed,
		    $sum <= 2147483647, keys %types, $f->{variants}{"dark-blue"} && $f->{variants}{"dark-blue"}{theme},
		    map { @$_ } @shares)'
	as cta flagd "$flagd" 'cta ENABLED 1 HASH 1 TEXT  control 7000 b 2000 c 1000'
	as dark-mode flagd "$flagd" 'theme ENABLED 1 HASH 1 HASH dark "blue" control 9988 dark-blue 12 black 0'

	growthbook='my ($f) = values %{$d->{features}};
		my $rule = $f->{rules}[0];
		my $sum = 0;
		$sum += $_ for @{$rule->{weights}};
		($sum >= 0.99 && $sum <= 1.01, map { scalar @{$rule->{$_}} } qw(variations weights meta))'
	as cta growthbook "$growthbook" '1 3 3 3'
	as dark-mode growthbook "$growthbook" '1 3 3 3'
}
echo "1..$n"
