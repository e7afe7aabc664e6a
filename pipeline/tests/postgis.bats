#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Vectors of a change into PostGIS: a server of its own, on a socket and a port of loopback.
# Where PostgreSQL or PostGIS is missing all is skipped; "make check-postgis" installs them, and runs the long ones too.

bats_require_minimum_version 1.5.0

# The folder of the newest PostgreSQL that has PostGIS; nothing if there is none.
find_postgres() {
	local control

	for control in /usr/share/postgresql/*/extension/postgis.control; do
		[ -e "$control" ] || continue
		control=${control#/usr/share/postgresql/}
		[ ! -x "/usr/lib/postgresql/${control%%/*}/bin/initdb" ] || echo "/usr/lib/postgresql/${control%%/*}/bin"
	done | sort -V | tail -1
}

long() {
	[ -n "${BALKHASH_LONG:-}" ] || skip "takes long: make check-postgis runs it"
}

# A server refuses to run as root.
as_server() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
	else
		"$@"
	fi
}

start_server() {
	chmod 755 "$SERVER"
	[ "$(id -u)" != 0 ] || chown postgres "$SERVER"
	as_server "$PG/initdb" -D "$SERVER/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$BATS_FILE_TMPDIR/initdb" || return 1
	printf 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n' | as_server tee "$SERVER/data/pg_hba.conf" >/dev/null
	PORT=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	as_server "$PG/pg_ctl" -D "$SERVER/data" -l "$SERVER/log" -w -t 60 \
		-o "-c listen_addresses=127.0.0.1 -p $PORT -c unix_socket_directories=$SERVER -c fsync=off -c jit=off" start >"$BATS_FILE_TMPDIR/start" 3>&-
}

# DATABASE SQL, as the superuser.
sql() {
	PGOPTIONS="-c client_min_messages=warning" "$PG/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$SERVER" -p "$PORT" -U postgres -d "$1" -c "$2"
}

observe() { # YEAR SHIFT
	"$BALKHASH" scene -q --lake balkhash -o observations "$("$GENERATOR" --out products --shift "$2" --kind landsat-l2 \
		--size 300 --center 77.90,46.45 --zone 43 --path 150 --date "${1}0712")"
}

setup_file() {
	PG=$(find_postgres)
	export PG
	[ -n "$PG" ] || return 0
	SERVER=$(mktemp -d "${TMPDIR:-/tmp}/balkhash-postgis-XXXXXX")
	export SERVER
	start_server || return 1
	export PORT
	sql postgres "CREATE ROLE lake LOGIN PASSWORD 'Geheim nis'"
	for database in lakes plain; do
		sql postgres "CREATE DATABASE $database"
		sql $database "GRANT CREATE ON SCHEMA public TO lake"
	done
	sql lakes "CREATE EXTENSION postgis; GRANT INSERT ON spatial_ref_sys TO lake"
	cd "$BATS_FILE_TMPDIR" || return 1
	OLD=$PWD/$(observe 2017 300)
	NEW=$PWD/$(observe 2024 0)
	"$BALKHASH" change -q "$OLD" "$NEW" -o files --layers shoreline,geojson,delta >table
	FILES=$PWD/files
	export OLD NEW FILES
}

teardown_file() {
	[ -n "$SERVER" ] || return 0
	as_server "$PG/pg_ctl" -D "$SERVER/data" -m immediate -w stop >/dev/null 2>&1 || true
	umount "$SERVER/small" 2>/dev/null || true
	rm -rf "$SERVER"
}

setup() {
	[ -n "$PG" ] || skip "PostgreSQL with PostGIS is not installed (make check-postgis installs it)"
	cd "$BATS_TEST_TMPDIR"
	LAKES="PG:host=127.0.0.1 port=$PORT user=lake password='Geheim nis' dbname=lakes"
}

# Nothing of one test is left for the next.
teardown() {
	[ -n "$PG" ] || return 0
	sql lakes "DROP EVENT TRIGGER IF EXISTS stop"
	sql lakes "DO \$\$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
		AND tablename <> 'spatial_ref_sys' LOOP EXECUTE format('DROP TABLE %I CASCADE', t); END LOOP; END \$\$"
}

change() { # CONNECTION [OPTION...]
	"$BALKHASH" change -q "$OLD" "$NEW" -o change --vectors "$@"
}

# All rows of a table, in one number.
content() {
	sql lakes "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY fid)) FROM \"$1\" t"
}

contents() {
	content change_before && content change_after && content change_change
}

# From now on making an index does this (PL/pgSQL): a moment in the middle of writing.
when_indexed() {
	sql lakes "CREATE OR REPLACE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS \$\$ BEGIN $1 END \$\$;
		CREATE EVENT TRIGGER stop ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION stop()"
}

rows_of_file() {
	ogrinfo -q -dialect SQLite -sql "SELECT COUNT(*) AS n FROM \"$1\"" "$FILES/shoreline.gpkg" | awk '/n \(/ { print $NF }'
}

@test "tables hold what the GeoPackage holds" {
	change "$LAKES"
	[ ! -e change/shoreline.gpkg ]
	for layer in before after before_simple after_simple change transects positions; do
		[ "$(sql lakes "SELECT count(*) FROM change_$layer")" = "$(rows_of_file $layer)" ]
		[ "$(rows_of_file $layer)" -gt 0 ]
		[ "$(sql lakes "SELECT count(*) FROM change_$layer WHERE NOT ST_IsValid(geom) OR geom IS NULL AND 'change_$layer' <> 'change_positions'")" = 0 ]
		[ "$(sql lakes "SELECT count(*) FROM pg_indexes WHERE tablename = 'change_$layer' AND indexdef LIKE '%gist (geom)'")" = 1 ]
	done
	[ "$(sql lakes "SELECT count(*) FROM change_before WHERE abs(ST_Length(geom) - length_m) > 1e-6")" = 0 ]
	[ "$(sql lakes "SELECT count(*) FROM change_change WHERE abs(ST_Area(geom) - pixels * 900) > 1e-6")" = 0 ]
	[ "$(sql lakes "SELECT count(*) FROM change_series")" = "$(rows_of_file series)" ]
	[ "$(sql lakes "SELECT string_agg(type, ' ' ORDER BY f_table_name) FROM geometry_columns WHERE f_table_name LIKE 'change%'")" = \
		"LINESTRING LINESTRING LINESTRING LINESTRING POLYGON POINT LINESTRING" ]
	[ "$(sql lakes "SELECT count(*) FROM information_schema.columns WHERE table_name = 'change_change' AND
		col_description('change_change'::regclass, ordinal_position) IS NOT NULL")" = 4 ]
	# The same points, as another reader gives them.
	ogr2ogr -f CSV pg.csv "PG:host=$SERVER port=$PORT user=postgres dbname=lakes" -sql "SELECT geom, id, length_m, period FROM change_after ORDER BY id" -lco GEOMETRY=AS_WKT
	ogr2ogr -f CSV file.csv "$FILES/shoreline.gpkg" -sql "SELECT geom, id, length_m, period FROM after ORDER BY id" -lco GEOMETRY=AS_WKT
	[ "$(wc -l <pg.csv)" -gt 1 ]
	cmp pg.csv file.csv
}

@test "the lake's own CRS: once in spatial_ref_sys, and it leads where GeoJSON says" {
	change "$LAKES"
	change "$LAKES" --overwrite
	srid=$(sql lakes "SELECT DISTINCT ST_SRID(geom) FROM change_change UNION SELECT ST_SRID(geom) FROM change_before")
	[ "$srid" -ge 910000 ]
	[ "$(sql lakes "SELECT count(*) FROM spatial_ref_sys WHERE srid >= 910000")" = 1 ]
	[ "$(sql lakes "SELECT count(*) FROM spatial_ref_sys WHERE srid = $srid AND srtext LIKE 'PROJCS%' AND proj4text LIKE '+proj=laea%'")" = 1 ]
	sql lakes "SELECT round(ST_XMin(e)::numeric, 6), round(ST_YMin(e)::numeric, 6), round(ST_XMax(e)::numeric, 6), round(ST_YMax(e)::numeric, 6)
		FROM (SELECT ST_Extent(ST_Transform(geom, 4326)) AS e FROM change_after) t" >pg
	ogrinfo -so -al "$FILES/after.geojson" | awk -F '[(,)]' '/^Extent/ { printf "%.6f|%.6f|%.6f|%.6f\n", $2, $3, $5, $6 }' >geojson
	diff pg geojson
}

@test "layer_styles as QGIS reads them; a user's own style stays" {
	change "$LAKES"
	[ "$(sql lakes "SELECT count(*) FROM public.layer_styles WHERE f_table_catalog = 'lakes' AND f_table_schema = 'public' AND f_geometry_column = 'geom'
		AND useasdefault AND xpath_exists('/qgis/renderer-v2', styleqml)")" = 7 ]
	sql lakes "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename) VALUES ('lakes', 'public', 'change_after', 'geom', 'mine')"
	change "$LAKES" --overwrite
	[ "$(sql lakes "SELECT count(*), count(DISTINCT f_table_name) FROM layer_styles")" = "8|7" ]
}

@test "item.json names the tables, and neither host nor password" {
	change "$LAKES" -v 2>said
	[ "$(/usr/bin/python3 -c 'import json; print(json.load(open("change/item.json"))["properties"]["balkhash:vectors"])')" = \
		"{'target': 'PostGIS', 'tables': ['change_before', 'change_after', 'change_before_simple', 'change_after_simple', 'change_change', 'change_transects', 'change_positions', 'change_series']}" ]
	run ! grep -r -e Geheim -e 127.0.0.1 -e "$PORT" change/item.json said
	run -0 "$BALKHASH" verify change
	# Elsewhere is the same result: it does not say where.
	mv change first
	change "PG:host=$SERVER port=$PORT user=postgres dbname=lakes" --overwrite
	diff -r first change
}

@test "a run again replaces its tables; another result wants --overwrite" {
	change "$LAKES"
	contents >was
	rm -r change
	change "$LAKES"
	diff was <(contents)
	rm -r change
	run -73 "$BALKHASH" change -q "$NEW" "$OLD" -o change --vectors "$LAKES"
	[[ $output == *--overwrite* ]]
	[ ! -e change ]
	diff was <(contents)
	"$BALKHASH" change -q "$NEW" "$OLD" -o change --vectors "$LAKES" --overwrite
	run ! diff -q was <(contents)
	[ "$(content change_before | cut -d '|' -f 1)" = "$(sed -n 2p was | cut -d '|' -f 1)" ]
}

@test "a table that was not made here is left alone: 73" {
	sql lakes "CREATE TABLE change_change (mine text); INSERT INTO change_change VALUES ('mine')"
	run -73 change "$LAKES" --overwrite
	[ "$(sql lakes "SELECT * FROM change_change")" = mine ]
	[ "$(sql lakes "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'change%'")" = 1 ]
	[ ! -e change ]
}

@test "a view on a table keeps it: 73, not gone with it" {
	change "$LAKES"
	sql lakes "CREATE VIEW mine AS SELECT * FROM change_before"
	contents >was
	run -73 change "$LAKES" --overwrite
	diff was <(contents)
	sql lakes "DROP VIEW mine"
}

@test "the connection is cut midway: 69, and the tables are those of before" {
	long
	change "$LAKES"
	contents >was
	hash=$(sha256sum <change/item.json)
	sql lakes "CREATE OR REPLACE FUNCTION die() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'SELECT pg_terminate_backend(pg_backend_pid())'"
	when_indexed "PERFORM die();"
	run -69 "$BALKHASH" change -q "$NEW" "$OLD" -o change --overwrite --vectors "$LAKES"
	[[ $output == *"was lost"* && $output != *Geheim* ]]
	diff was <(contents)
	[ "$hash" = "$(sha256sum <change/item.json)" ]
	[ -z "$(find . -mindepth 1 -name '.*')" ]
}

@test "killed midway: the tables are those of before" {
	long
	change "$LAKES"
	contents >was
	when_indexed "PERFORM pg_sleep(2);"
	"$BALKHASH" change -q "$NEW" "$OLD" -o change --overwrite --vectors "$LAKES" 3>&- &
	pid=$!
	for _ in $(seq 600); do
		[ "$(sql lakes "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'balkhash' AND query LIKE 'CREATE INDEX%'")" = 0 ] || break
		sleep .05
	done
	kill -KILL $pid
	wait $pid || true
	for _ in $(seq 600); do
		[ "$(sql lakes "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'balkhash'")" != 0 ] || break
		sleep .05
	done
	diff was <(contents)
}

@test "the server's disk is full: 74, nothing changed" {
	long
	change "$LAKES"
	contents >was
	when_indexed "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';"
	run -74 "$BALKHASH" change -q "$NEW" "$OLD" -o change --overwrite --vectors "$LAKES"
	diff was <(contents)
}

@test "a tablespace that is really full: 74, nothing there" {
	mkdir "$SERVER/small"
	mount -t tmpfs -o size=64k tmpfs "$SERVER/small" 2>/dev/null || skip "a small disk cannot be mounted here"
	[ "$(id -u)" != 0 ] || chown postgres "$SERVER/small"
	sql postgres "CREATE TABLESPACE small LOCATION '$SERVER/small'"
	sql postgres "GRANT CREATE ON TABLESPACE small TO lake"
	run -74 change "$LAKES options=-cdefault_tablespace=small"
	[[ $output == *"No space left"* ]]
	[ "$(sql lakes "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'change%'")" = 0 ]
	[ ! -e change ]
}

@test "who is not let in: 77; who is not there: 69; where there is no PostGIS: 78" {
	run -77 change "PG:host=127.0.0.1 port=$PORT user=lake password=Geheim dbname=lakes"
	[[ $output != *Geheim* ]]
	run -77 change "PG:postgresql://lake@127.0.0.1:$PORT/lakes"
	run -77 change "PG:postgresql://nobody:Geheim@127.0.0.1:$PORT/lakes"
	[[ $output != *Geheim* ]]
	run -69 change "PG:host=127.0.0.1 port=1 password=Geheim dbname=lakes"
	[[ $output != *Geheim* ]]
	run -78 change "PG:host=127.0.0.1 port=$PORT user=lake password='Geheim nis' dbname=plain"
	[[ $output == *"CREATE EXTENSION postgis"* ]]
	run -78 change "PG:host=127.0.0.1 port=$PORT user=lake password='Geheim nis' dbname=nowhere"
	[ ! -e change ]
}

@test "a user without rights: 77, and the words name the grant" {
	sql lakes "REVOKE INSERT ON spatial_ref_sys FROM lake; DELETE FROM spatial_ref_sys WHERE srid >= 910000"
	run -77 change "$LAKES"
	[[ $output == *"GRANT INSERT ON spatial_ref_sys"* ]]
	sql lakes "GRANT INSERT ON spatial_ref_sys TO lake; REVOKE CREATE ON SCHEMA public FROM lake"
	run -77 change "$LAKES"
	sql lakes "GRANT CREATE ON SCHEMA public TO lake"
	[ ! -e change ]
	change "$LAKES"
}

@test "PGPASSWORD, a URI, and a schema of one's own" {
	sql lakes "CREATE SCHEMA \"My Lakes\" AUTHORIZATION lake"
	PGPASSWORD="Geheim nis" change "PG:postgresql://lake@127.0.0.1:$PORT/lakes?options=-csearch_path%3D%22My%5C%20Lakes%22%2Cpublic"
	[ "$(sql lakes "SELECT count(*) FROM pg_tables WHERE schemaname = 'My Lakes' AND tablename LIKE 'change%'")" = 8 ]
	[ "$(sql lakes "SELECT DISTINCT f_table_schema FROM \"My Lakes\".layer_styles")" = "My Lakes" ]
	sql lakes "DROP SCHEMA \"My Lakes\" CASCADE"
}

@test "names are names, not SQL" {
	long
	name="Балқаш'\"; DROP TABLE spatial_ref_sys; --"
	"$BALKHASH" change -q "$OLD" "$NEW" -o "$name" --vectors "$LAKES"
	"$BALKHASH" change -q "$OLD" "$NEW" -o "$name" --vectors "$LAKES" --overwrite
	[ "$(sql lakes "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'Балқаш''\"; DROP TABLE%'")" = 8 ]
	[ "$(sql lakes "SELECT count(*) > 1000 FROM spatial_ref_sys")" = t ]
	run -65 "$BALKHASH" change -q "$OLD" "$NEW" -o "$(printf 'x%.0s' {1..80})" --vectors "$LAKES"
}

@test "a prefix that begins another one does not touch its tables" {
	long
	"$BALKHASH" change -q "$OLD" "$NEW" -o change_a --vectors "$LAKES"
	content change_a_before >was
	change "$LAKES"
	change "$LAKES" --overwrite
	diff was <(content change_a_before)
}

# An output folder of a run: two observations and a change.
make_output() { # FOLDER
	mkdir -p "$1/observations" "$1/changes"
	cp -r "$OLD" "$NEW" "$1/observations"
	cp -r "$FILES" "$1/changes/2017-2024"
}

index() { # FOLDER [CONNECTION [--overwrite]]
	"$(dirname "$BALKHASH")"/pipeline/tests/test_run_index --write "$1" "${2:-$LAKES}" "${@:3}"
}

@test "an index of results holds what its GeoPackage holds" {
	make_output out
	index out
	index out gpkg
	[ "$(sql lakes "SELECT count(*) FROM out_results")" = 3 ]
	[ "$(sql lakes "SELECT count(*) FROM out_inputs")" = 4 ]
	[ "$(sql lakes "SELECT type, srid FROM geometry_columns WHERE f_table_name = 'out_results'")" = "MULTIPOLYGON|4326" ]
	[ "$(sql lakes "SELECT count(*) FROM out_results WHERE ST_IsValid(geom) AND ST_Intersects(geom, ST_SetSRID(ST_Point(77.9, 46.45), 4326))")" = 3 ]
	[ "$(sql lakes "SELECT count(*) FROM pg_indexes WHERE tablename = 'out_results' AND indexdef LIKE '%gist (geom)'")" = 1 ]
	for layer in results inputs; do
		ogr2ogr -f CSV pg.csv "PG:host=$SERVER port=$PORT user=postgres dbname=lakes" -sql "SELECT * FROM out_$layer ORDER BY fid" -lco GEOMETRY=AS_WKT
		ogr2ogr -f CSV file.csv out/index.gpkg -sql "SELECT * FROM $layer ORDER BY fid" -lco GEOMETRY=AS_WKT
		[ "$(wc -l <pg.csv)" -gt 3 ]
		# The one gives the column fid, the other times with their zone.
		/usr/bin/python3 -c '
import csv, sys
def rows(path):
    return [{k: v.removesuffix("+00") for k, v in row.items() if k != "fid"} for row in csv.DictReader(open(path))]
a, b = rows(sys.argv[1]), rows(sys.argv[2])
sys.exit(a != b)' pg.csv file.csv
		rm pg.csv file.csv
	done
}

@test "an index is made where results came or went, and only there" {
	make_output out
	index out
	[ -f out/ledger/index.postgis ] && [ ! -s out/ledger/index.postgis ]
	was=$(sql lakes "SELECT 'out_results'::regclass::oid")
	index out
	[ "$(sql lakes "SELECT 'out_results'::regclass::oid")" = "$was" ]
	rm -r out/changes/2017-2024
	index out
	[ "$(sql lakes "SELECT count(*) FROM out_results")" = 2 ]
	rm out/ledger/index.postgis
	was=$(sql lakes "SELECT 'out_results'::regclass::oid")
	index out
	[ "$(sql lakes "SELECT 'out_results'::regclass::oid")" != "$was" ]
	[ -z "$(find out -name '.*')" ]
}

@test "an index that cannot be made leaves the old one, and is made the next time" {
	make_output out
	index out
	content out_results >was
	rm -r out/changes/2017-2024
	run -69 index out "PG:host=127.0.0.1 port=1 password=Geheim dbname=lakes"
	[[ $output != *Geheim* ]]
	when_indexed "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';"
	run -74 index out
	diff was <(content out_results)
	[ -z "$(find out -name '.*')" ]
	sql lakes "DROP EVENT TRIGGER stop"
	index out
	[ "$(sql lakes "SELECT count(*) FROM out_results")" = 2 ]
}

@test "an index does not replace tables of a result or of others" {
	long
	change "$LAKES"
	make_output runs/change
	run -73 index runs/change
	[[ $output == *--overwrite* ]]
	[ "$(sql lakes "SELECT count(*) FROM pg_tables WHERE tablename = 'change_results'")" = 0 ]
	index runs/change "$LAKES" --overwrite
	[ "$(sql lakes "SELECT count(*) FROM change_results")" = 3 ]
	sql lakes "CREATE TABLE out_inputs (mine text)"
	make_output out
	run -73 index out "$LAKES" --overwrite
	[ "$(sql lakes "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'out%'")" = 1 ]
}

@test "only --vectors connects: a lake file, a result or an output of that name do not" {
	run -64 "$BALKHASH" change -q "$OLD" "$NEW" -o change --vectors lakes
	run -64 "$BALKHASH" change -q "$OLD" "$NEW" -o change --vectors "$LAKES" --layers delta
	run -66 "$BALKHASH" change -q "$OLD" "PG:host=$SERVER port=$PORT dbname=lakes user=postgres" -o change
	printf '[lake]\nname = x\noutline = PG:host=%s port=%s dbname=lakes user=postgres\n' "$SERVER" "$PORT" >x.ini
	sql postgres "ALTER SYSTEM SET log_connections = on"
	sql postgres "SELECT pg_reload_conf()" >/dev/null
	sleep 1
	as_server truncate -s 0 "$SERVER/log"
	run -66 "$BALKHASH" scene -q "$BATS_FILE_TMPDIR"/products/LC09*20240712* -o x --lake x.ini
	run -64 "$BALKHASH" change -q "$OLD" "$NEW" -o "PG:host=$SERVER port=$PORT dbname=lakes user=postgres"
	run ! grep -q "connection authorized" "$SERVER/log"
	sql postgres "SELECT 1" >/dev/null
	grep -q "connection authorized" "$SERVER/log"
}
