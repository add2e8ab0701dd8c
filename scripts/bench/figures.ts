import { activation } from './activation.ts';
import { apply } from './apply.ts';
import { bytes } from './bytes.ts';
import { decode } from './decode.ts';
import { firstRows } from './firstRows.ts';
import { idle } from './idle.ts';
import { list } from './list.ts';
import { memory } from './memory.ts';
import { requests } from './requests.ts';
import { services } from './services.ts';
import { sizes } from './sizes.ts';
import type { Figure } from './support/figure.ts';
import { window } from './window.ts';

/** All figures, in the order of the table. */
export const figures: readonly Figure[] = [
  requests,
  services,
  bytes,
  decode,
  list,
  memory,
  apply,
  activation,
  sizes,
  window,
  firstRows,
  idle,
];
