import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { exposeBuilders, type ExposedBuilders } from '../../../../src/builders/expose/socket-store.ts';
import { parseBuilders } from '../../../../src/builders/machine-lines/parse-builders.ts';

function expose(): Promise<ExposedBuilders> {
  const builders = parseBuilders('ssh-ng://b1 x86_64-linux', () => undefined);
  return exposeBuilders({ builders, defaultSystem: 'x86_64-linux', serve: async () => {} });
}

it('leaves nothing, whenever something is told of a builder at the end', async () => {
  for (let round = 0; round < 200; round += 1) {
    const exposed = await expose();
    const closing = exposed.close();
    for (let turn = 0; turn < round % 8; turn += 1) await nextTurn();
    await exposed.setTrouble('b1', 'lost');
    await closing;
    expect(existsSync(exposed.folder)).toBe(false);
  }
});
