/** Jobs as the service writes them, made up so that no two are alike: what decoding, listing and holding are tried on. */

export const apiPath = '/api/';

/** Rows `first` to `first + count - 1` of the list of all jobs, newest first, as one answer. */
export function jobsPage(first: number, count: number, origin: string): Buffer {
  const rows = Array.from({ length: count }, (_, index) => jobRow(first + index));
  return Buffer.from(JSON.stringify({ 'odata.metadata': `${origin}${apiPath}$metadata#Jobs`, value: rows }));
}

const titles = ['Big Buck Bunny', 'Sintel', 'Tears of Steel', 'Elephants Dream', 'Caminandes', 'Spring', 'Agent 327'];
const encodings = [
  'H264 Multiple Bitrate 720p',
  'H264 Multiple Bitrate 1080p',
  'Content Adaptive Multiple Bitrate MP4',
];
const newest = Date.parse('2026-03-01T12:00:00Z');
const gapMs = 137_213;
/** 50 of the newest are active; of the others one in twelve failed and one in twenty was canceled. */
const active = 50;

function jobRow(index: number): Record<string, unknown> {
  const created = newest - index * gapMs;
  const started = created + 2_000 + (index % 61) * 97;
  const duration = 60_000 + (index % 997) * 331;
  const state = index < active ? 2 : index % 12 === 0 ? 4 : index % 20 === 0 ? 5 : 3;
  const isFinal = state !== 2;
  return {
    Id: `nb:jid:UUID:${guid(index)}`,
    Name: `Encoding ${titles[index % titles.length]} ${index} to ${encodings[index % encodings.length]}`,
    Created: wireTime(created),
    LastModified: wireTime(isFinal ? started + duration : started),
    EndTime: isFinal ? wireTime(started + duration) : null,
    Priority: index % 8 === 0 ? 5 : 0,
    RunningDuration: isFinal ? duration : 0,
    StartTime: wireTime(started),
    State: state,
    TemplateId: null,
    JobNotificationSubscriptions: [],
  };
}

function guid(index: number): string {
  // Two multiplications spread neighbours over the whole range, as random ids are.
  const hex = (factor: number): string => (Math.imul(index + 1, factor) >>> 0).toString(16).padStart(8, '0');
  const digits = hex(0x9e3779b1) + hex(0x85ebca6b) + hex(0xc2b2ae35) + hex(0x27d4eb2f);
  return [8, 12, 16, 20, 32].map((end, part, ends) => digits.slice(ends[part - 1] ?? 0, end)).join('-');
}

/** UTC without a zone, zeros at the end of the fraction left away. */
function wireTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, '');
}
