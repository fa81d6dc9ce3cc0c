import { openBench, WHOLE } from '/work/wt/amqp-laws/bench/bench.ts';
import { markdown } from '/work/wt/amqp-laws/bench/report.ts';
import { amqpQueues } from '/work/wt/amqp-laws/bench/tasks/amqp-queues.ts';

const bench = await openBench(WHOLE);
try {
  console.log(markdown(await amqpQueues(bench)));
} finally {
  await bench.close();
}
process.exit();
