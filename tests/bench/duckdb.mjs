// The watchdog's peer: DuckDB with one thread and explicit columns, so that it guesses
// nothing.
//
//     duckdb.mjs FILE names    events by name
//     duckdb.mjs FILE cells    sessions by name, and by name and page, browser, device,
//                              release: most of what the watchdog counts of a day
import { DuckDBInstance } from '@duckdb/node-api'

const [file, what] = process.argv.slice(2)
const from = (columns) =>
  `from read_json('${file}', format = 'newline_delimited', columns = ${columns})`
const names = `select event, count(*) ${from("{event: 'VARCHAR'}")} group by event`
const cells = `select e, page, browser, device, release, count(distinct session)
  from (select event as e, p."$session_id" as session, p."$pathname" as page,
          p."$browser" as browser, p."$device_type" as device, p.release as release
        from (select event, properties as p ${from(`{event: 'VARCHAR',
          properties: 'STRUCT("$session_id" VARCHAR, "$pathname" VARCHAR,
            "$browser" VARCHAR, "$device_type" VARCHAR, release VARCHAR)'}`)}))
  group by grouping sets ((e), (e, page), (e, browser), (e, device), (e, release))`

const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
const reader = await connection.runAndReadAll(what === 'cells' ? cells : names)
console.log(reader.getRowsJson().map((row) => row.join(' ')).join('\n'))
