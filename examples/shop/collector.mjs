// The smallest collector that will do: takes batches of events by POST and appends them to a file, one
// JSON object a line. Usage: node collector.mjs EVENTS_FILE; prints its port. For recording only.
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const BODY_MAX = 1 << 20;
const file = process.argv[2];
writeFileSync(file, '');

createServer((request, response) => {
  const answer = (status) => response.writeHead(status).end();
  if (request.method !== 'POST') return answer(405);
  const parts = [];
  let bytes = 0;
  request.on('data', (part) => {
    bytes += part.length;
    if (bytes > BODY_MAX) request.destroy();
    else parts.push(part);
  });
  request.on('end', () => {
    try {
      const { batch } = JSON.parse(Buffer.concat(parts).toString('utf8'));
      appendFileSync(file, batch.map((event) => JSON.stringify(event) + '\n').join(''));
      answer(204);
    } catch {
      answer(400);
    }
  });
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
