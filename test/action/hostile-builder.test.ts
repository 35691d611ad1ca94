import { expect } from 'vitest';
import { buildBeside } from '../support/action/hostile-builder.ts';
import { cat, int, LAST, logLine, start, str } from '../support/daemon/bytes.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { pour, startImpostor, startTurncoat, type Evil } from '../support/ssh/turncoat.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'good', systemFeatures: ['on-good'] }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const send =
  (...parts: readonly Uint8Array[]): Evil =>
  (channel) =>
    void channel.write(cat(...parts));

/** A builder that was not refused until it had to build. */
const inBuild: readonly { readonly what: string; readonly evil: Evil; readonly says: RegExp }[] = [
  { what: 'a message that does not exist', evil: send(int(0x12345678)), says: /got the int 0x12345678/ },
  {
    what: 'a length of 2^63',
    evil: send(int(0x6f6c6d67), int(2n ** 63n)),
    says: /got one of over 2\^53 bytes/,
  },
  {
    what: 'a count of 2^40',
    evil: send(int(0x52534c54), int(1), int(101), int(2n ** 40n)),
    says: /1099511627776/,
  },
  {
    what: 'padding that is not zero',
    evil: send(int(0x6f6c6d67), int(1), Buffer.from('aBBBBBBB')),
    says: /zero padding/,
  },
  {
    what: 'a log line of 1 GiB',
    evil(channel) {
      channel.write(cat(int(0x52534c54), int(1), int(101), int(1), int(1), int(2 ** 30)));
      pour(channel, () => Buffer.alloc(64 * 1024, 'x'));
    },
    says: /got one of 1073741824 bytes/,
  },
  {
    what: 'a log without end',
    evil(channel) {
      channel.write(start(1, 105, ['/nix/store/x.drv', '', '1', '1']));
      pour(channel, () => logLine(1, Buffer.alloc(256 * 1024, 'x')));
    },
    says: /its log is larger than [\d.]+ [KMG]?i?B \(max_log_size\)/,
  },
  {
    what: 'activities that never stop',
    evil(channel) {
      let id = 0;
      const some = (): Buffer =>
        Buffer.concat(Array.from({ length: 500 }, () => start(++id, 105, ['x', ''])));
      pour(channel, some);
    },
    says: /at most 100000 builds|ran longer than 8 s/,
  },
  {
    what: 'a result with 2^40 outputs',
    // Status and text, times and counts, as this machine's Nix writes them, and then outputs.
    evil: send(LAST, int(0), str(''), int(1), int(0), int(0), int(0), int(2n ** 40n)),
    says: /got a count of 1099511627776/,
  },
  {
    what: 'the result of a build that it never made',
    evil(channel) {
      // Built, no outputs named; then, asked for the output: it is not valid.
      const lie = cat(LAST, int(0), str(''), int(1), int(0), int(0), int(0), int(0), LAST, int(0));
      channel.write(lie);
      channel.on('data', (request: Buffer) => request.includes(int(36)) && channel.write(lie));
    },
    says: /its daemon says that it is built, but \S+-bait is not in its store/,
  },
];

const atGreeting: readonly { readonly what: string; readonly evil: Evil; readonly says: RegExp }[] = [
  { what: 'another magic number', evil: send(int(0x4e495832), int(294)), says: /expected the greeting/ },
  {
    what: 'noise without end',
    evil: (channel) => pour(channel, () => Buffer.alloc(64 * 1024, 0xff)),
    says: /expected the greeting/,
  },
];

for (const { what, evil, says } of inBuild) {
  test(`a builder that sends ${what} instead of building costs its build and nothing else`, async () => {
    await using server = await startTurncoat(evil);
    const { host, bait, printed } = await buildBeside(farm, server);
    expect(bait, printed).toMatchObject({ builder: host });
    expect(['infrastructure', 'timed-out', 'log-limit']).toContain(bait?.outcome);
    expect(bait?.message, printed).toMatch(says);
  });
}

for (const { what, evil, says } of atGreeting) {
  test(`a builder that greets with ${what} is left out, named, with what came`, async () => {
    await using server = await startImpostor(evil);
    const { trouble, printed } = await buildBeside(farm, server);
    expect(trouble.join('\n'), printed).toMatch(says);
  });
}
