// The peer of the policy bench: zen-engine evaluates the table and the applications written out beside it.
//   node peer.mjs FOLDER     reads graph.json and applications.json, writes answers.json, prints one line of JSON:
//   {"version": …, "runs": [{"mode": …, "trace": …, "per_second": …}, …]}
// Each way to call it is timed; the bench counts the fastest. A rate is the better of decisions per wall second and per
// second of processor time.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import zen from '@gorules/zen-engine';

const folder = process.argv[2];
const graph = JSON.parse(readFileSync(join(folder, 'graph.json'), 'utf8'));
const applications = JSON.parse(readFileSync(join(folder, 'applications.json'), 'utf8'));
const content = new zen.ZenDecisionContent(graph);
const engine = new zen.ZenEngine({ loader: async () => content });
const decision = engine.createDecision(content);
const version = createRequire(import.meta.url)('@gorules/zen-engine/package.json').version;

const calls = {
  'decision.evaluate': (facts, options) => decision.evaluate(facts, options),
  'decision.safeEvaluate': async (facts, options) => (await decision.safeEvaluate(facts, options)).data,
  'engine.evaluate': (facts, options) => engine.evaluate('graph', facts, options),
};

const oneByOne = async (call, options) => {
  const answers = [];
  for (const facts of applications) answers.push((await call(facts, options)).result);
  return answers;
};

const manyAtOnce = async (call, options) => {
  const answers = [];
  const width = 64;
  for (let at = 0; at < applications.length; at += width) {
    const some = await Promise.all(applications.slice(at, at + width).map((facts) => call(facts, options)));
    for (const answer of some) answers.push(answer.result);
  }
  return answers;
};

const answers = {};
const runs = [];
for (const [name, call] of Object.entries(calls)) {
  for (const [way, run] of [['one by one', oneByOne], ['64 at once', manyAtOnce]]) {
    for (const trace of [false, true, 'string', 'reference', 'referenceString']) {
      const options = { trace };
      const processor = process.cpuUsage();
      const start = process.hrtime.bigint();
      const given = await run(call, options);
      const wall = Number(process.hrtime.bigint() - start) / 1e9;
      const used = process.cpuUsage(processor);
      const seconds = Math.min(wall, (used.user + used.system) / 1e6);
      runs.push({ mode: `${name}, ${way}`, trace: String(trace), per_second: Math.round(applications.length / seconds) });
      answers[`${name}, ${way}, trace ${trace}`] = given;
    }
  }
}
writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
console.log(JSON.stringify({ version, runs }));
process.exit(0);
