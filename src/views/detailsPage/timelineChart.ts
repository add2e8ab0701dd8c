import type { Timeline, TimelineRow, TimelineSpan } from '../shownDetails.ts';
import { tickFormat, ticksBetween } from './axis.ts';
import { reconcile, setText } from './dom.ts';

/** A time axis has room for a mark in so many pixels. */
const pixelsPerTick = 110;

/** Tasks on a time axis, a row for each: its name, a bar, and the same in words. */
export class TimelineChart {
  readonly #rows: HTMLElement;
  readonly #axis: HTMLElement;
  #last: { readonly timeline: Timeline; readonly locale: string } | null = null;

  constructor(rows: HTMLElement, axis: HTMLElement) {
    this.#rows = rows;
    this.#axis = axis;
    new ResizeObserver(() => this.#draw()).observe(rows);
  }

  show(timeline: Timeline, locale: string): void {
    this.#last = { timeline, locale };
    this.#draw();
  }

  #draw(): void {
    if (!this.#last) {
      return;
    }
    const { timeline, locale } = this.#last;
    const { from, to, rows } = timeline;
    reconcile<TimelineRow>(
      this.#rows,
      rows,
      ({ key }) => key,
      createRow,
      (row, item) => updateRow(row, item, from, to),
    );
    const width = this.#rows.querySelector('.track')?.clientWidth ?? 0;
    const format = tickFormat(to - from, locale);
    const ticks =
      timeline.noteText === '' ? ticksBetween(from, to, Math.max(2, Math.floor(width / pixelsPerTick))) : [];
    const create = (): HTMLElement => document.createElement('span');
    reconcile<number>(this.#axis, ticks, String, create, (tick, at) => {
      setText(tick, format(at));
      tick.style.left = `${share(at, from, to)}%`;
    });
    // How wide a mark is can be told once it is on the page.
    for (const tick of this.#axis.children) {
      const half = (tick.clientWidth / 2 / Math.max(1, width)) * 100;
      const left = share(Number((tick as HTMLElement).dataset['key']), from, to);
      tick.className = left < half ? 'first' : left > 100 - half ? 'last' : '';
    }
  }
}

function createRow({ isJob }: TimelineRow): HTMLElement {
  const row = document.createElement('li');
  row.className = isJob ? 'row whole' : 'row';
  for (const name of ['name', 'track', 'words', 'spoken']) {
    const part = document.createElement('div');
    part.className = name;
    row.append(part);
  }
  row.querySelector('.track')?.setAttribute('aria-hidden', 'true');
  return row;
}

function updateRow(row: HTMLElement, { title, text, spans }: TimelineRow, from: number, to: number): void {
  const [name, track, words, spoken] = row.children;
  setText(name, title);
  setText(words, text);
  // What the bars say by colour and place.
  setText(spoken, spans.map((span) => span.text).join('; '));
  if (name instanceof HTMLElement && name.title !== title) {
    name.title = title;
  }
  if (track instanceof HTMLElement) {
    const create = (): HTMLElement => document.createElement('span');
    reconcile<TimelineSpan>(
      track,
      spans,
      (_, index) => String(index),
      create,
      (bar, span) => {
        bar.className = `span ${span.kind}`;
        bar.title = span.text;
        bar.style.left = `${share(span.from, from, to)}%`;
        bar.style.width = `${share(span.to, from, to) - share(span.from, from, to)}%`;
      },
    );
  }
}

/** Where a time is between two others, in percent. */
function share(at: number, from: number, to: number): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
}
