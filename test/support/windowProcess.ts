import { appendFileSync } from 'node:fs';
import { SharedFolder } from '../../src/accounts/sharedFolder.ts';
import { sleep, systemClock } from '../../src/jobs/clock.ts';

/**
 * A window in a process of its own, for tests of what windows do to each other. It asks for the lease again and again,
 * writes when it had it into a journal that all of them have, and claims a name in every round.
 *
 * Arguments: the folder, the journal, the rounds (0: keep the first lease and say so).
 */
const [folder = '', journal = '', roundsText = '0'] = process.argv.slice(2);
const rounds = Number(roundsText);
const shared = new SharedFolder({ folder, clock: systemClock, log: (message) => console.error(message) });
const sharing = shared.account('contoso', 'f');
// The clock's timers do not keep a process alive.
const alive = setInterval(() => undefined, 1_000);

if (rounds === 0) {
  const lease = await sharing.acquire();
  console.log(lease ? 'held' : 'refused');
} else {
  for (let round = 0; round < rounds; round++) {
    const claimed = await shared.claim(`round ${round}`);
    let lease = await sharing.acquire();
    while (!lease) {
      await sleep(systemClock, 1 + Math.random() * 10);
      lease = await sharing.acquire();
    }
    // An append of one line is one write: the journal has the order in which things happened.
    appendFileSync(journal, `begin ${process.pid}\n`);
    await sleep(systemClock, Math.random() * 3);
    appendFileSync(journal, `end ${process.pid}\n${claimed ? `claim ${round}\n` : ''}`);
    lease.dispose();
  }
  shared.dispose();
  clearInterval(alive);
}
