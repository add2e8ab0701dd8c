import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Measurement } from './figure.ts';

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
  readonly vscode: string;
  readonly extension: string;
  readonly date: string;
}

export function describeMachine(versions: { readonly vscode: string; readonly extension: string }): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpus: processors.length,
    memoryGB: Math.round(totalmem() / 1e8) / 10,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    ...versions,
    date: new Date().toISOString(),
  };
}

const titles = ['figure', 'median', 'min', 'max', 'bar', 'ours', 'baseline', 'n'];

/** All lines as one table, in Markdown that can be read as it is. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = measurements.map(rowOf);
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}

function rowOf({ what, value, unit, bar, statistic, of }: Measurement): string[] {
  const show = (number: number): string => numberText(number);
  const compared = statistic ?? { name: '', value: value.median };
  const isOver = bar !== null && compared.value > bar;
  const barText =
    bar === null ? '' : `${statistic ? `${statistic.name} ` : ''}≤ ${show(bar)}${isOver ? ' (over)' : ''}`;
  const statisticText = statistic ? `, ${statistic.name} ${show(statistic.value)}` : '';
  return [
    `${what}${unit === '×' ? '' : ` [${unit}]`}`,
    `${show(value.median)}${statisticText}`,
    show(value.min),
    show(value.max),
    barText,
    of ? `${show(of.ours.median)} ${of.unit}` : '',
    of ? `${show(of.baseline.median)} ${of.unit}` : '',
    String(value.samples.length),
  ];
}

/** Three digits are as many as such figures can be trusted for; counts are shown whole. */
export function numberText(number: number): string {
  if (Number.isInteger(number) || Math.abs(number) >= 100) {
    return Math.round(number).toLocaleString('en');
  }
  return number.toPrecision(3);
}

/** The same for programs. Samples are kept, so that other statistics can be made of them. */
export function jsonOf(machine: Machine, measurements: readonly Measurement[]): string {
  return `${JSON.stringify({ machine, measurements }, undefined, 2)}\n`;
}
