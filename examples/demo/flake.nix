# Small builds that need nothing but /bin/sh, neither nixpkgs nor a download, so that any builder makes them in seconds.
{
  description = "What npm run demo builds: two systems, shared dependencies, and one build that fails on purpose";

  outputs =
    { self }:
    let
      # The script may use only what the shell does by itself: a sandbox has no other programs.
      buildFor =
        system: name: environment: script:
        derivation (
          {
            inherit system name;
            builder = "/bin/sh";
            args = [ "-ec" script ];
          }
          // environment
        );

      describe = description: build: build // { meta = { inherit description; }; };

      # Keeps a processor busy for a moment and says so.
      count = ''
        i=0
        while [ "$i" -lt "$steps" ]; do
          i=$((i + 1))
          if [ $((i % 100000)) = 0 ]; then echo "counted to $i"; fi
        done
      '';

      packagesFor =
        system:
        let
          build = buildFor system;
          greeting = build "greeting-1.0" { steps = 200000; } ''
            ${count}
            echo Hello > "$out"
          '';
          numbers = build "numbers-1.0" { steps = 400000; } ''
            ${count}
            echo 42 > "$out"
          '';
          broken-library = build "broken-library-1.0" { } ''
            echo "compiling main.c"
            echo "main.c:7:3: error: expected ';' before '}' token"
            exit 1
          '';
        in
        rec {
          hello = describe "Greets the world" (
            build "hello-1.0" { inherit greeting; } ''
              read -r word < "$greeting"
              echo "$word, world" > "$out"
            ''
          );
          hello-twice = describe "Greets it again" (
            build "hello-twice-1.0" { inherit hello; } ''
              read -r line < "$hello"
              echo "$line; $line" > "$out"
            ''
          );
          "dotted.name" = describe "Has a dot in its attribute's name" (
            build "dotted-name-1.0" { inherit greeting; } ''
              read -r word < "$greeting"
              echo "$word, dot" > "$out"
            ''
          );
          counter = describe "Counts for a while" (
            build "counter-1.0" { inherit numbers; steps = 600000; } ''
              ${count}
              read -r number < "$numbers"
              echo "$number of $i" > "$out"
            ''
          );
          bundle = describe "Needs several others" (
            build "bundle-1.0" { inherit hello counter; twice = hello-twice; } ''
              for input in "$hello" "$counter" "$twice"; do
                read -r line < "$input"
                echo "$line"
              done > "$out"
            ''
          );
          broken = describe "Fails on purpose" broken-library;
          blocked = describe "Needs what fails" (
            build "blocked-1.0" { library = broken-library; } ''
              echo "never gets here"
            ''
          );
        };

      checksFor =
        system:
        let
          packages = packagesFor system;
          expectLine =
            name: subject: expected:
            buildFor system "check-${name}" { inherit subject expected; } ''
              read -r line < "$subject"
              echo "expected: $expected"
              echo "got:      $line"
              [ "$line" = "$expected" ]
              echo fine > "$out"
            '';
        in
        {
          hello = expectLine "hello" packages.hello "Hello, world";
          hello-twice = expectLine "hello-twice" packages.hello-twice "Hello, world; Hello, world";
          counter = expectLine "counter" packages.counter "42 of 600000";
          dot = expectLine "dot" packages."dotted.name" "Hello, dot";
        };
    in
    {
      packages.x86_64-linux = packagesFor "x86_64-linux";
      packages.aarch64-linux = { inherit (packagesFor "aarch64-linux") hello counter; };
      checks.x86_64-linux = checksFor "x86_64-linux";
      checks.aarch64-linux = { inherit (checksFor "aarch64-linux") hello; };
    };
}
