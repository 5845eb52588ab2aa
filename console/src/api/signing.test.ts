import { describe, expect, it } from "vitest";
import { bytesOfHex, hexOf, newSeed, publicKeyOf, sha256Hex, signWith, unwrap, wrap } from "./signing";

// Computed with libsodium's crypto_sign_seed_keypair and crypto_sign_detached; the first of RFC 8032's own.
const vectors = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "1111111111111111111111111111111111111111111111111111111111111111",
    key: "d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737",
    message: "permit",
    signature:
      "9aa3a222ae69a98c4a83917f79b1753ec7d8b66ebc2433571f9a9a0522dfc5db931880ad50268a40ed1385a1f5fc2bc17b630a72a0d7b3a11242efd2becd6702",
  },
  {
    seed: "030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc",
    key: "755c4cb9256ca7cdc4acfdc6cfeeda849017e5b9f9514e99191bd67e0b0d4276",
    message: "puhui person enrol wang-fang ",
    signature:
      "9e3af542eed9ab164cb59066b2e9dae7c42a22af86e148c5ca0a4a03b30043660e441a42754f020f1664558024bc68fc972b192d11bb96e6f06bea0c00804402",
  },
];

describe("signing", () => {
  it.each(vectors)("gives libsodium's key and signature for '$message'", async ({ seed, key, message, signature }) => {
    expect(await publicKeyOf(bytesOfHex(seed))).toBe(key);
    expect(await signWith(bytesOfHex(seed), new TextEncoder().encode(message))).toBe(signature);
  });

  it("opens a wrapped seed by its passphrase and by no other", async () => {
    const seed = newSeed();
    const wrapped = await wrap(seed, "correct horse battery");
    expect(wrapped).not.toContain(hexOf(seed));
    expect(wrapped.length).toBeLessThan(4096);
    expect(hexOf((await unwrap(wrapped, "correct horse battery"))!)).toBe(hexOf(seed));
    expect(await unwrap(wrapped, "correct horse batterz")).toBeUndefined();
  });

  it("takes a passphrase typed in another normal form for the same", async () => {
    const seed = newSeed();
    const wrapped = await wrap(seed, "caf\u00e9 caf\u00e9 caf\u00e9");
    expect(hexOf((await unwrap(wrapped, "cafe\u0301 cafe\u0301 cafe\u0301"))!)).toBe(hexOf(seed));
  });

  it("opens nothing of which a byte was changed", async () => {
    const wrapped = JSON.parse(await wrap(newSeed(), "correct horse battery")) as { sealed: string };
    wrapped.sealed = (wrapped.sealed[0] === "0" ? "1" : "0") + wrapped.sealed.slice(1);
    expect(await unwrap(JSON.stringify(wrapped), "correct horse battery")).toBeUndefined();
  });

  it("refuses wrapped bytes that cost an attacker less", async () => {
    const cheap = { ...(JSON.parse(await wrap(newSeed(), "correct horse battery")) as object), rounds: 1000 };
    await expect(unwrap(JSON.stringify(cheap), "correct horse battery")).rejects.toThrow("600,000");
  });

  it("refuses a seed of another length", async () => {
    await expect(publicKeyOf(bytesOfHex("11"))).rejects.toThrow("32 bytes");
    expect(() => bytesOfHex("1g")).toThrow();
  });

  it("digests as SHA-256", async () => {
    expect(await sha256Hex(new TextEncoder().encode("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
