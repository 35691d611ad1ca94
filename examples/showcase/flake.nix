# What the pictures of the documentation show: builds of some seconds that need nothing but /bin/sh, a shared dependency that fails,
# and an attribute that does not evaluate.
{
  description = "Packages that share a toolchain and libraries, one of which does not compile";

  outputs =
    { self }:
    let
      system = "x86_64-linux";

      # Counts for a while, which keeps a processor busy, and says so.
      build =
        name: seconds: needs: script:
        derivation (
          {
            inherit name system;
            builder = "/bin/sh";
            steps = seconds * 300000;
            args = [
              "-ec"
              ''
                echo "building ${name}"
                i=0
                while [ "$i" -lt "$steps" ]; do
                  i=$((i + 1))
                  if [ $((i % 300000)) = 0 ]; then echo "[$((i * 100 / steps)) %] compiling"; fi
                done
                ${script}
              ''
            ];
          }
          // needs
        );
      make = name: seconds: needs: build name seconds needs ''echo ${name} > "$out"'';
      describe = description: package: package // { meta = { inherit description; }; };

      toolchain = make "toolchain-13.2" 5 { };
      libcrypto = make "libcrypto-3.1" 4 { inherit toolchain; };
      libimage = build "libimage-0.9" 2 { inherit toolchain; } ''
        echo "src/jpeg.c: In function 'decode':"
        echo "src/jpeg.c:214:17: error: too few arguments to function 'huffman_table'"
        echo "make: *** [Makefile:38: jpeg.o] Error 1"
        exit 2
      '';
      libnet = make "libnet-2.0" 3 { inherit toolchain libcrypto; };
    in
    {
      packages.${system} = {
        server = describe "Answers requests" (make "server-4.1" 3 { inherit libnet libcrypto; });
        client = describe "Sends them" (make "client-4.1" 2 { inherit libnet; });
        proxy = make "proxy-1.2" 2 { inherit libnet; };
        gallery = describe "Shows pictures" (make "gallery-0.3" 2 { inherit libimage libnet; });
        thumbnails = make "thumbnails-0.3" 1 { inherit libimage; };
        scanner = make "scanner-2.7" 1 { inherit libimage toolchain; };
        documentation = make "documentation-4.1" 2 { };
        installer = throw "installer: needs a signing key, and none is configured";
      };

      checks.${system} = {
        server-tests = make "server-tests" 3 { inherit (self.packages.${system}) server client; };
        gallery-tests = make "gallery-tests" 1 { inherit (self.packages.${system}) gallery; };
        style = make "style" 1 { };
        protocol = make "protocol" 4 { inherit libnet; };
      };
    };
}
