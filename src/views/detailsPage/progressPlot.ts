import uPlot from 'uplot';
import type { Curve, StateKind } from '../shownDetails.ts';
import { tickFormat } from './axis.ts';
import { setText } from './dom.ts';

const height = 170;
/** With few readings each of them is a mark; with many the line says it. */
const mostMarks = 40;

/** The curve of a job's progress, with the way that is still ahead dashed. */
export class ProgressPlot {
  readonly #target: HTMLElement;
  readonly #readout: HTMLElement;
  #plot: uPlot | null = null;
  #last: { readonly curve: Curve; readonly locale: string; readonly state: StateKind } | null = null;
  #span = 0;

  constructor(target: HTMLElement) {
    this.#target = target;
    this.#readout = document.createElement('div');
    this.#readout.className = 'readout';
    new ResizeObserver(() => {
      const width = target.clientWidth;
      if (width > 0 && this.#plot?.width !== width) {
        this.#plot?.setSize({ width, height });
        this.#draw();
      }
    }).observe(target);
  }

  show(curve: Curve, locale: string, state: StateKind): void {
    const isOther = this.#last?.state !== state;
    this.#last = { curve, locale, state };
    if (isOther) {
      this.#dispose();
    }
    this.#draw();
  }

  themeChanged(): void {
    this.#dispose();
    this.#draw();
  }

  #draw(): void {
    if (!this.#last || this.#last.curve.points.length < 2 || this.#target.clientWidth === 0) {
      return;
    }
    const { curve } = this.#last;
    const data = dataOf(curve);
    const [times] = data;
    this.#span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) * 1_000;
    if (this.#plot) {
      this.#plot.setData(data);
    } else {
      this.#plot = this.#create(data);
      this.#target.append(this.#readout);
    }
  }

  #dispose(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.#readout.remove();
  }

  #create(data: [number[], (number | null)[], (number | null)[]]): uPlot {
    const color = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim();
    const line = color(`--state-${this.#last?.state ?? 'running'}`) || color('--vscode-foreground');
    const quiet = color('--vscode-descriptionForeground') || color('--vscode-foreground');
    const grid = { stroke: color('--grid'), width: 1 };
    const font = `${color('--vscode-font-size') || '12px'} ${color('--vscode-font-family') || 'sans-serif'}`;
    const axis = { stroke: quiet, grid, ticks: { ...grid, size: 4 }, font };
    const percent = new Intl.NumberFormat(this.#last?.locale, { style: 'percent' });
    return new uPlot(
      {
        width: this.#target.clientWidth,
        height,
        // Room for half of the last time on the axis.
        padding: [8, 34, 0, 0],
        legend: { show: false },
        // The plot is looked at, and its readings are told; there is nothing to zoom into.
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
        scales: { x: { time: true }, y: { range: [0, 100] } },
        axes: [
          {
            ...axis,
            space: 90,
            size: 28,
            values: (_plot, ticks) => {
              const format = tickFormat(this.#span, this.#last?.locale ?? 'en');
              return ticks.map((at) => format(at * 1_000));
            },
          },
          {
            ...axis,
            size: 52,
            splits: [0, 25, 50, 75, 100],
            values: (_plot, ticks) => ticks.map((tick) => percent.format(tick / 100)),
          },
        ],
        series: [
          {},
          {
            stroke: line,
            width: 2,
            fill: `color-mix(in srgb, ${line} 15%, transparent)`,
            points: { show: (data[0]?.length ?? 0) <= mostMarks, size: 5, stroke: line, fill: line },
          },
          { stroke: quiet, width: 1.5, dash: [4, 4], points: { show: false } },
        ],
        hooks: { setCursor: [(plot) => this.#tell(plot, percent)] },
      },
      data,
      this.#target,
    );
  }

  /** What the curve says where somebody points at it. */
  #tell(plot: uPlot, percent: Intl.NumberFormat): void {
    const index = plot.cursor.idx;
    const value = index == null ? null : plot.data[1]?.[index];
    const at = index == null ? undefined : plot.data[0]?.[index];
    const isTold = value != null && at !== undefined;
    this.#readout.hidden = !isTold;
    if (isTold) {
      const time = new Intl.DateTimeFormat(this.#last?.locale, { timeStyle: 'medium' }).format(at * 1_000);
      setText(this.#readout, `${time} · ${percent.format(Math.floor(value) / 100)}`);
    }
  }
}

/** Times in seconds, as the chart library has them; the curve; and the line from its end to where it is expected to end. */
function dataOf({ points, expectedEnd }: Curve): [number[], (number | null)[], (number | null)[]] {
  const times = points.map(({ at }) => at / 1_000);
  const seen: (number | null)[] = points.map(({ progress }) => progress);
  const expected: (number | null)[] = points.map(() => null);
  const last = points.at(-1);
  if (last && expectedEnd !== null && expectedEnd > last.at) {
    expected[expected.length - 1] = last.progress;
    times.push(expectedEnd / 1_000);
    seen.push(null);
    expected.push(100);
  }
  return [times, seen, expected];
}
