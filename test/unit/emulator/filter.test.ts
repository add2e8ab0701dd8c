import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ODataError } from '../../../src/emulator/api/errors.ts';
import { compileFilter } from '../../../src/emulator/api/filter.ts';
import { jobType } from '../../../src/emulator/api/model.ts';
import { allOff, allOn } from '../../../src/emulator/dialects.ts';
import { State } from '../../../src/emulator/simulation/run.ts';
import type { JobSnapshot } from '../../../src/emulator/simulation/snapshot.ts';

const job: JobSnapshot = {
  id: 'nb:jid:UUID:00000000-0000-4000-8000-000000000001',
  configuration: 'Adaptive Streaming',
  name: "O'Hara (1 of 2) and more",
  created: Date.parse('2026-03-01T12:00:00.5Z'),
  lastModified: Date.parse('2026-03-01T12:00:00.5Z'),
  endTime: null,
  priority: 3,
  runningDuration: 0,
  startTime: null,
  state: State.processing,
  templateId: null,
  tasks: () => [],
  assets: () => ({ inputs: [], outputs: [] }),
};

describe('$filter', () => {
  const matching = [
    'State eq 2',
    'State  eq  2 ',
    '2 eq State',
    'State ne 3',
    "Id eq 'nb:jid:UUID:00000000-0000-4000-8000-000000000001'",
    "Name eq 'O''Hara (1 of 2) and more'",
    'State eq 2 and Priority eq 3',
    "State eq 2 and Priority ne 4 and Name ne 'x'",
    '(State eq 2)',
    '(State eq 2 and (Priority eq 3))',
    'EndTime eq null',
    'Created ne null',
    'Priority gt 2 and Priority ge 3 and Priority lt 4 and Priority le 3',
    'RunningDuration eq 0',
    'RunningDuration lt 0.5',
    "Created eq datetime'2026-03-01T12:00:00.5'",
    "Created gt datetime'2026-03-01T12:00:00' and Created lt datetime'2026-03-01T12:01'",
    "startswith(Name, 'O''Hara')",
    "endswith(Name,'more')",
    "substringof('1 of 2',Name)",
    "startswith(Name,'O') and State eq 2",
    'State eq 3 or State eq 2',
    'State eq 2 or State eq 3 and Priority eq 9',
    'not (State eq 3)',
    "not startswith(Name,'x') and State eq 2",
    'not (State eq 3 or State eq 4)',
    'not not (State eq 2)',
    'State ne 3 and State ne 4 and State ne 5',
    "substringof('1 of 2',Name) eq true",
    "startswith(Name,'x') eq false",
    "substringof('o''hara',tolower(Name))",
    "tolower('ABC') eq 'abc'",
    'tolower(TemplateId) eq null',
    'Priority eq 3L',
    'RunningDuration lt 0.5d',
  ];
  for (const text of matching) {
    it(`holds: ${text}`, () => assert.equal(compileFilter(text, jobType, allOn).matches(job), true));
  }

  const other = [
    'State eq 3',
    'State ne 2',
    'State eq 2 and Priority eq 4',
    'State eq 1 and Priority eq 3',
    "Name eq 'o''hara (1 of 2) and more'",
    'EndTime ne null',
    "EndTime gt datetime'2000-01-01T00:00'",
    "EndTime le datetime'2100-01-01T00:00'",
    'Priority gt 3',
    'Priority lt 3',
    "Created lt datetime'2026-03-01T12:00:00.5'",
    "startswith(Name,'Hara')",
    "startswith(TemplateId,'nb')",
    "substringof(Name,'O')",
    '(State eq 2 or State eq 3) and Priority eq 9',
    'not (State eq 2)',
    'State eq 3 or State eq 4',
    'State ne 3 and State ne 2',
  ];
  for (const text of other) {
    it(`does not hold: ${text}`, () => assert.equal(compileFilter(text, jobType, allOn).matches(job), false));
  }

  const refused: readonly [string, RegExp][] = [
    ['', /Syntax error/],
    ['State', /boolean/],
    ['State eq', /Syntax error/],
    ['State eq 2 and', /Syntax error/],
    ['State eq 2 State eq 2', /Syntax error at position 11/],
    ['(State eq 2', /Syntax error/],
    ['State eq 2)', /Syntax error/],
    ["Name eq 'open", /Syntax error/],
    ['State = 2', /Syntax error/],
    ['Colour eq 2', /No property 'Colour' exists/],
    ['toString eq null', /No property 'toString'/],
    ['Tasks eq null', /No property 'Tasks'/],
    ['JobNotificationSubscriptions eq null', /No property/],
    ["State eq '2'", /'eq' incompatible with operand types 'Edm.Int32' and 'Edm.String'/],
    ["Created gt '2026-03-01'", /incompatible/],
    ["Created gt datetime'2026-03-01T12:00:00Z'", /Unrecognized 'Edm.DateTime' literal/],
    ["Created gt datetime'soon'", /Unrecognized/],
    ['State eq 2 or', /Syntax error/],
    ['not State eq 2', /Syntax error/],
    ['not State', /boolean is expected/],
    ['not', /Syntax error/],
    ['State eq 2 or Priority', /boolean is expected/],
    [`${'not '.repeat(5000)}(State eq 2)`, /nested too deeply/],
    ['State add 1 eq 3', /'add' is not supported/],
    ["toupper(Name) eq 'X'", /Unknown function 'toupper'/],
    ["constructor(Name,'X')", /Unknown function/],
    ['startswith(Name)', /No applicable function/],
    ["tolower(Name,'x') eq 'x'", /No applicable function/],
    ['tolower(State) eq null', /No applicable function/],
    ['tolower(Name)', /boolean/],
    ["startswith(State,'2')", /No applicable function/],
    ['State eq 2 and Priority', /boolean is expected/],
    [`${'('.repeat(5000)}State eq 2${')'.repeat(5000)}`, /nested too deeply/],
  ];
  for (const [text, message] of refused) {
    it(`is refused: ${text.slice(0, 50)}`, () =>
      assert.throws(
        () => compileFilter(text, jobType, allOn),
        (error) => error instanceof ODataError && error.status === 400 && message.test(error.message),
      ));
  }

  it('has neither or nor ne in the dialect of what is known', () => {
    for (const [text, word] of [
      ['State eq 2 or State eq 3', 'or'],
      ['(State eq 2 or State eq 3)', 'or'],
      ['State ne 3', 'ne'],
      ['not (State ne 3)', 'ne'],
    ] as const) {
      assert.throws(
        () => compileFilter(text, jobType, allOff),
        (error) =>
          error instanceof ODataError && error.status === 400 && error.message.includes(`'${word}' is not supported`),
      );
    }
    assert.throws(() => compileFilter('State ne 3', jobType, { or: true, ne: false, tolower: false }), ODataError);
    assert.throws(
      () => compileFilter('State eq 3 or State eq 2', jobType, { or: false, ne: true, tolower: false }),
      ODataError,
    );
    assert.equal(compileFilter('not (State eq 3) and State eq 2', jobType, allOff).matches(job), true);
  });

  it('has no tolower in the dialect of what is known', () => {
    assert.throws(
      () => compileFilter("substringof('x',tolower(Name))", jobType, allOff),
      (error) =>
        error instanceof ODataError && error.status === 400 && /Unknown function 'tolower'/.test(error.message),
    );
  });

  it('knows what every match must have', () => {
    assert.equal(compileFilter("Name ne 'x' and State eq 2", jobType, allOn).required('State'), 2);
    assert.equal(compileFilter('(4 eq State)', jobType, allOn).required('State'), 4);
    assert.equal(compileFilter('State ne 2', jobType, allOn).required('State'), undefined);
    assert.equal(compileFilter('State eq 2 or State eq 2', jobType, allOn).required('State'), undefined);
    assert.equal(compileFilter('not (State eq 2)', jobType, allOn).required('State'), undefined);
    assert.equal(compileFilter('State gt 2', jobType, allOn).required('State'), undefined);
  });
});
