import type { AmsAccount } from '../../src/client/account.ts';
import { type RunningEmulator, startEmulator } from '../../src/emulator/emulator.ts';
import { runCommand } from '../../test/host/processes.ts';
import { entraToken } from '../../test/support/emulatorRequests.ts';
import { inProject } from '../lib/project.ts';
import type { Bench, Figure, Measurement } from './support/figure.ts';
import { summaryOf } from './support/statistics.ts';

const answerDelayMs = 100;
const samples = 9;
/** More requests than there will be. */
const endless = 1_000_000;

interface Way {
  readonly what: string;
  /** How many answers the first rows cannot do without. */
  readonly answers: number;
  readonly bar: number;
  readonly account: AmsAccount;
  readonly secret: string;
}

/** How soon the list has rows, at a service that takes its time for every answer. */
export const firstRows: Figure = {
  name: 'firstRows',
  async measure(bench: Bench) {
    // What is loaded are the packaged bundles.
    await bench.packaged();
    const emulator = await startEmulator({ arrivalsPerMinute: 0, jobs: 100 });
    try {
      const ways = await waysTo(emulator);
      emulator.settings.faults.add({ path: '', delayMs: answerDelayMs }, endless);
      const measured = new Map(ways.map((way) => [way, { cold: [] as number[], warm: [] as number[] }]));
      for (let sample = 0; sample < samples; sample++) {
        for (const way of sample % 2 === 0 ? ways : ways.toReversed()) {
          const { cold, warm } = await inFreshProcess(way);
          measured.get(way)?.cold.push(cold);
          measured.get(way)?.warm.push(warm);
        }
      }
      return [...measured].flatMap(([way, { cold, warm }]) => [
        line(way, 'the first in its process', cold),
        line(way, 'with a fresh client', warm),
      ]);
    } finally {
      await emulator.close();
    }
  },
};

async function waysTo(emulator: RunningEmulator): Promise<readonly Way[]> {
  const common = { name: 'bench', kind: 'ams', endpoint: emulator.root, trustedHosts: [], ca: emulator.ca } as const;
  const { tenantId, clientId, authorityHost, clientSecret } = emulator;
  return [
    {
      what: 'token account (301, query)',
      answers: 2,
      bar: 1.3,
      account: { ...common, authentication: { method: 'token' } },
      secret: await entraToken(emulator),
    },
    {
      what: 'service principal',
      answers: 4,
      bar: 1.4,
      account: { ...common, authentication: { method: 'servicePrincipal', tenantId, clientId, authorityHost } },
      secret: clientSecret,
    },
  ];
}

async function inFreshProcess({ account, secret }: Way): Promise<{ cold: number; warm: number }> {
  const child = inProject('scripts', 'bench', 'children', 'firstRows.ts');
  return JSON.parse(await runCommand(process.execPath, [child, JSON.stringify({ account, secret })]));
}

function line({ what, answers, bar }: Way, when: string, milliseconds: readonly number[]): Measurement {
  const least = answers * answerDelayMs;
  return {
    what: `first rows, each answer ${answerDelayMs} ms late, ${what}, ${when} / ${least} ms`,
    value: summaryOf(milliseconds.map((ms) => ms / least)),
    unit: '×',
    bar,
    of: {
      unit: 'ms',
      ours: summaryOf(milliseconds),
      baseline: summaryOf(milliseconds.map(() => least)),
      name: `${answers} answers`,
    },
  };
}
