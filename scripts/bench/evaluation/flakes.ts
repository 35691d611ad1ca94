/** The system that the generated flakes are for. */
export const BENCH_SYSTEM = 'x86_64-linux';

const MAKE = `
    make = name: more: derivation ({
      inherit name;
      system = "${BENCH_SYSTEM}";
      builder = "/bin/sh";
      args = [ "-c" "echo \${name} > $out" ];
    } // more);
    work = seed: size: builtins.foldl'
      (sum: value: sum + value)
      0
      (builtins.sort builtins.lessThan (builtins.genList (i: builtins.bitXor (i * 7919) seed) size));`;

/** Ways to fail, each a Nix expression, and what the failure says with Nix 2.8 or with newer versions. */
const FAILURES: readonly { readonly expression: string; readonly says: RegExp }[] = [
  { expression: 'throw "thrown on purpose"', says: /thrown on purpose/ },
  { expression: 'abort "aborted on purpose"', says: /aborted on purpose/ },
  { expression: '1 + "a string"', says: /cannot (?:coerce|add)|expected an? (?:integer|string)|is a string/ },
  { expression: '{ }.missing', says: /attribute 'missing' missing/ },
  { expression: 'let set = { a = set.a; }; in set.a', says: /infinite recursion encountered/ },
  { expression: 'let grow = n: 1 + grow (n + 1); in grow 0', says: /stack overflow/ },
  { expression: 'assert 1 == 2; null', says: /assertion '.*' failed|not equal/ },
  {
    expression: 'import (make "bad-import" { args = [ "-c" "exit 1" ]; })',
    says: /failed|fail|exit code|not valid/,
  },
];

/** How an attribute of {@link mixedFlake} fails; undefined for those that do not, nine of ten. */
export function failureAt(index: number): (typeof FAILURES)[number] | undefined {
  return index % 10 === 9 ? FAILURES[Math.floor(index / 10) % FAILURES.length] : undefined;
}

/** Name of an attribute of the generated flakes. */
export function attributeName(index: number): string {
  return `attr-${String(index).padStart(4, '0')}`;
}

/** Many attributes of which every tenth fails, in each of the ways in turn. Each good one takes some milliseconds. */
export function mixedFlake(count: number): string {
  const attributes = Array.from({ length: count }, (_, index) => {
    const value =
      failureAt(index)?.expression ?? `make "job-${index}" { seed = work ${index} 25000; shared = shared; }`;
    return `      ${attributeName(index)} = ${value};`;
  });
  return flake(
    `${MAKE}
    shared = make "shared" { seed = work 1 4000; };`,
    attributes,
  );
}

/** Attributes that all need the same expensive thunks, as those of a module system do. */
export function sharedFlake(count: number, thunks: number): string {
  const attributes = Array.from({ length: count }, (_, index) => {
    const own = `make "job-${index}" { seed = work ${index} 500; common = common; }`;
    return `      ${attributeName(index)} = ${own};`;
  });
  return flake(
    `${MAKE}
    common = builtins.foldl' (sum: value: sum + value) 0 (builtins.genList (i: work i 8000) ${thunks});`,
    attributes,
  );
}

/** Attributes that keep what they evaluated: together they need far more memory than each. */
export function hungryFlake(count: number): string {
  const attributes = Array.from({ length: count }, (_, index) => {
    const kept = `kept-${index}`;
    return `      ${attributeName(index)} = make "job-${index}" { seed = toString (builtins.length ${kept}); sum = sum ${kept}; };`;
  });
  const lists = Array.from(
    { length: count },
    (_, index) =>
      `    kept-${index} = builtins.genList (i: { value = i + ${index}; text = toString i; }) 300000;`,
  );
  return flake(
    `${MAKE}
    sum = builtins.foldl' (sum: item: sum + item.value + builtins.stringLength item.text) 0;
${lists.join('\n')}`,
    attributes,
  );
}

/** Attributes that take about the same time each, and long in all. */
export function slowFlake(count: number, size: number): string {
  const attributes = Array.from(
    { length: count },
    (_, index) => `      ${attributeName(index)} = make "job-${index}" { seed = work ${index} ${size}; };`,
  );
  return flake(MAKE, attributes);
}

function flake(definitions: string, attributes: readonly string[]): string {
  return `{
  outputs = { self }: let${definitions}
  in {
    checks.${BENCH_SYSTEM} = {
${attributes.join('\n')}
    };
  };
}
`;
}
