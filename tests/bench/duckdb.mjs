// The watchdog's peer: DuckDB, one thread, counts the events of a file by name, with
// explicit columns as its documentation advises, so that it guesses nothing.
import { DuckDBInstance } from '@duckdb/node-api'

const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
const reader = await connection.runAndReadAll(
  `select event, count(*) from read_json('${process.argv[2]}',
     format = 'newline_delimited', columns = {event: 'VARCHAR'}) group by event`,
)
console.log(reader.getRowsJson().map((row) => row.join(' ')).join('\n'))
