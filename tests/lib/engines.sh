# shellcheck shell=sh
# engines.sh, sourced: real databases on 127.0.0.1, on free ports, in $work, ended by their ids. Sets CLICKHOUSE
# or POSTGRES to their port; leaves them empty where the programs are not installed.
: "${work:?}"
CLICKHOUSE='' POSTGRES='' clickhouse_pid='' postgres_pid=''
PASSWORD=c4n4ry-Pa55word

free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

wait_for() { # a command; 20 s
	tries=200
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# ---- ClickHouse ----

clickhouse() { # SQL, then optionally a file of data; to stdout
	perl -MHTTP::Tiny -e '
		my ($port, $sql, $file) = @ARGV;
		my $data = "";
		if (defined $file) { local $/; open(my $in, "<", $file) or die $!; $data = <$in> }
		my $reply = HTTP::Tiny->new->post("http://127.0.0.1:$port/", { content => "$sql\n$data" });
		print $reply->{content};
		exit !$reply->{success}' "$CLICKHOUSE" "$@"
}

clickhouse_find() {
	command -v clickhouse-server || for path in /usr/sbin /usr/bin "${CLICKHOUSE_BIN:-/nowhere}"; do
		[ ! -x "$path/clickhouse-server" ] || echo "$path/clickhouse-server"
	done | head -n 1
}

launch_clickhouse() { # not to be asked yet; false: not installed
	program=$(clickhouse_find)
	[ -n "$program" ] || return 1
	mkdir -p "$work/clickhouse"
	CLICKHOUSE=$(free_port)
	cat >"$work/clickhouse/config.xml" <<-END
		<yandex>
		  <logger><level>error</level><log>$work/clickhouse/log</log><errorlog>$work/clickhouse/errors</errorlog></logger>
		  <http_port>$CLICKHOUSE</http_port><listen_host>127.0.0.1</listen_host>
		  <path>$work/clickhouse/data/</path><tmp_path>$work/clickhouse/tmp/</tmp_path>
		  <users_config>users.xml</users_config><default_profile>default</default_profile>
		  <default_database>default</default_database><mark_cache_size>5368709</mark_cache_size>
		</yandex>
	END
	user() { # name, password, profile
		echo "<$1><password>$2</password><networks><ip>127.0.0.1</ip></networks><profile>$3</profile>" \
			"<quota>default</quota></$1>"
	}
	echo "<yandex><profiles><default><max_memory_usage>4000000000</max_memory_usage></default>" \
		"<plain><readonly>1</readonly></plain><poor><max_memory_usage>100000</max_memory_usage></poor></profiles>" \
		"<users>$(user default '' default)$(user reader $PASSWORD default)$(user plain $PASSWORD plain)" \
		"$(user poor $PASSWORD poor)</users><quotas><default></default></quotas></yandex>" \
		>"$work/clickhouse/users.xml"
	(cd "$work/clickhouse" && exec "$program" --config-file=config.xml >out 2>&1) &
	clickhouse_pid=$!
}

start_clickhouse() { # false: not installed
	launch_clickhouse && wait_for clickhouse 'SELECT 1'
}

# ---- PostgreSQL ----

postgres_find() {
	for path in /usr/lib/postgresql/*/bin /usr/bin /usr/local/bin; do
		[ ! -x "$path/initdb" ] || [ ! -x "$path/postgres" ] || echo "$path"
	done | head -n 1
}

as_postgres() { # it does not run as root
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	else
		"$@"
	fi
}

postgres() { # SQL, with stdin for COPY
	PGPASSWORD=$PASSWORD psql -qAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$POSTGRES" -U owner -d postgres -c "$1"
}

start_postgres() { # false: not installed
	pg_bin=$(postgres_find)
	{ [ -n "$pg_bin" ] && command -v psql && command -v setpriv; } >/dev/null || return 1
	mkdir -p "$work/postgres"
	chmod 711 "$work"
	[ "$(id -u)" != 0 ] || chown nobody:nogroup "$work/postgres"
	POSTGRES=$(free_port)
	echo $PASSWORD >"$work/password"
	chmod 644 "$work/password"
	(cd "$work/postgres" && as_postgres "$pg_bin/initdb" -D "$work/postgres/data" -U owner -A scram-sha-256 --no-sync \
		--locale=C -E UTF8 --pwfile="$work/password" >"$work/initdb" 2>&1) || return 1
	(cd "$work/postgres" && as_postgres sh -c 'exec "$@" >out 2>&1' - "$pg_bin/postgres" -D "$work/postgres/data" \
		-p "$POSTGRES" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$work/postgres" -c fsync=off) &
	wait_for postgres 'SELECT 1' && postgres_pid=$(head -n 1 "$work/postgres/data/postmaster.pid")
}

stop_engines() { # at once: their data goes too, and ClickHouse takes seconds to end in order
	[ -z "$clickhouse_pid" ] || kill -KILL "$clickhouse_pid" 2>/dev/null
	[ -z "$postgres_pid" ] || kill -QUIT "$postgres_pid" 2>/dev/null
	wait
}
