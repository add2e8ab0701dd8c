import { parseArgs } from 'node:util';
import { DialectError, type Dialects, dialectValues, readDialect } from './dialects.ts';
import { defaults, type EmulatorOptions } from './emulator.ts';
import type { SharedOptions } from './sharedEmulator.ts';
import { mostJobs } from './simulation/simulation.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'serve'; readonly options: EmulatorOptions; readonly shared: SharedOptions | null };

/** A command line that cannot be understood; the message is one plain sentence. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const usage = `Usage: emulator [options]

Serves a local Azure Media Services v2 account over HTTPS on loopback, until it is interrupted, and the same jobs as MK.IO
and Ravnur Media Services. The first line of its output that starts with { says in JSON where it is and how to sign in.

  --port N               port of the global root; the other servers take the next free ones
                         (default 0: any)
  --jobs N               jobs that exist at the start, 0-${mostJobs} (default ${defaults.jobs})
  --speed X              how many times as fast as the clock jobs run (default ${defaults.speed}: one to four minutes)
  --seed N               which jobs; the same number gives the same ones (default ${defaults.seed})
  --arrivals RATE        new jobs per minute at speed 1, 0 for none (default ${defaults.arrivalsPerMinute})
  --reserved-units N     tasks that can run at a time (default ${defaults.reservedUnits})
  --token-lifetime SEC   lifetime of the tokens it issues (default 3600 for Entra, 21600 for ACS)
  --data-dir DIR         where the certificate is kept (default: a temporary directory)
  --state FILE           share one emulator: if FILE names a running one, its address is printed; if it ended less than
                         five minutes ago, it goes on with the jobs, ports and secrets it had
  --resume               with --state: join or go on with what FILE stands for; where that is nothing, end with code 3
  --lease-grace SEC      end when no one has held a lease for so long, or none is taken within a minute of the start
  --dialect KEY=VALUE    a variant of what the service is not documented to do; may be given more than once:
${Object.entries(dialectValues)
  .map(([key, values]) => `                           ${key}: ${values}`)
  .join('\n')}
                           all: on, off
  --help                 show this
`;

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): Command {
  const values = readValues(args);
  if (values.help) {
    return { kind: 'help' };
  }
  const port = number(values, 'port', { low: 0, high: 65_531, whole: true }) ?? 0;
  const options = {
    ports: {
      root: port,
      api: port && port + 1,
      authority: port && port + 2,
      mkio: port && port + 3,
      ravnur: port && port + 4,
    },
    whenPortTaken: 'next' as const,
    jobs: number(values, 'jobs', { low: 0, high: mostJobs, whole: true }),
    speed: number(values, 'speed', { low: 0.001, high: 10_000 }),
    seed: number(values, 'seed', { low: 0, high: 0xffff_ffff, whole: true }),
    arrivalsPerMinute: number(values, 'arrivals', { low: 0, high: 1000 }),
    reservedUnits: number(values, 'reserved-units', { low: 1, high: 1000, whole: true }),
    tokenLifetimeSeconds: number(values, 'token-lifetime', { low: 1, high: 31_536_000, whole: true }),
    dataDirectory: text(values, 'data-dir'),
    leaseGraceSeconds: number(values, 'lease-grace', { low: 0, high: 86_400 }),
    dialects: values.dialect && readDialects(values.dialect),
  };
  const file = text(values, 'state');
  const resumeOnly = values.resume ?? false;
  if (resumeOnly && file === undefined) {
    throw new UsageError('--resume needs --state.');
  }
  const shared = file === undefined ? null : { file, resumeOnly };
  return { kind: 'serve', options: withoutUndefined(options), shared };
}

const optionTypes = {
  port: { type: 'string' },
  jobs: { type: 'string' },
  speed: { type: 'string' },
  seed: { type: 'string' },
  arrivals: { type: 'string' },
  'reserved-units': { type: 'string' },
  'token-lifetime': { type: 'string' },
  'data-dir': { type: 'string' },
  state: { type: 'string' },
  'lease-grace': { type: 'string' },
  dialect: { type: 'string', multiple: true },
  resume: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type TextOption = Exclude<keyof typeof optionTypes, 'help' | 'resume' | 'dialect'>;
type Values = { readonly [name in TextOption]?: string } & {
  readonly help?: boolean;
  readonly resume?: boolean;
  readonly dialect?: readonly string[];
};

function readValues(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: optionTypes, strict: true }).values;
  } catch (error) {
    throw new UsageError(explainParseError(error));
  }
}

/** Node's messages go on with advice about dashes; one sentence says what is wrong. */
function explainParseError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const option = /^Option '(?:-\w, )?(--[\w-]+)/.exec(message)?.[1];
  if (option && /missing|ambiguous/.test(message)) {
    return `${option} needs a value.`;
  }
  const [first = message] = message.split(/\.\s|\n/);
  return `${first.replace(/\.$/, '')}.`;
}

function number(
  values: Values,
  name: TextOption,
  { low, high, whole = false }: { readonly low: number; readonly high: number; readonly whole?: boolean },
): number | undefined {
  const given = values[name];
  if (given === undefined) {
    return undefined;
  }
  const value = Number(given);
  const isGood = /^\d+(\.\d+)?$/.test(given) && value >= low && value <= high && (!whole || Number.isInteger(value));
  if (!isGood) {
    throw new UsageError(
      `--${name} needs a ${whole ? 'whole ' : ''}number from ${low} to ${high}, but got '${given}'.`,
    );
  }
  return value;
}

/** Later ones win, so that `all=on` can be narrowed down. */
function readDialects(given: readonly string[]): Partial<Dialects> {
  try {
    return Object.assign(
      {},
      ...given.map((one) => {
        const { key, value } = /^(?<key>[^=]+)=(?<value>.*)$/.exec(one)?.groups ?? {};
        if (key === undefined || value === undefined) {
          throw new UsageError(`--dialect needs KEY=VALUE, but got '${one}'.`);
        }
        return readDialect(key, value);
      }),
    );
  } catch (error) {
    throw error instanceof DialectError ? new UsageError(error.message) : error;
  }
}

function text(values: Values, name: TextOption): string | undefined {
  const given = values[name];
  if (given === '') {
    throw new UsageError(`--${name} needs a path.`);
  }
  return given;
}

function withoutUndefined(
  options: { [name in keyof EmulatorOptions]: EmulatorOptions[name] | undefined },
): EmulatorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
