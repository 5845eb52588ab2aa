// A person's Ed25519 key in the browser: made or brought here, wrapped by a passphrase, opened to sign, then dropped.
// The server is given the public key and the wrapped bytes; a seed never leaves this page.
export const passphraseCharactersMin = 12;
const kdfRounds = 600_000;
const pkcs8Head = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]);
const seedBytes = 32;

export type Bytes = Uint8Array<ArrayBuffer>;

// { "kdf": "PBKDF2-SHA-256", … } in base64 or hex, as one JSON text: what the server keeps.
type Wrapped = { kdf: "PBKDF2-SHA-256"; rounds: number; salt: string; cipher: "AES-256-GCM"; nonce: string; sealed: string };

export type SigningTrouble = "notSecure" | "noCrypto" | undefined;

export async function signingTrouble(): Promise<SigningTrouble> {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return "notSecure";
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return undefined;
  } catch {
    return "noCrypto";
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export function bytesOfHex(hex: string): Bytes {
  if (!/^([0-9a-fA-F]{2})*$/.test(hex)) throw new Error("expected pairs of hex digits");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function newSeed(): Bytes {
  return crypto.getRandomValues(new Uint8Array(seedBytes));
}

async function keyOf(seed: Bytes, extractable: boolean): Promise<CryptoKey> {
  if (seed.length !== seedBytes) throw new Error(`expected a seed of ${seedBytes} bytes, came ${seed.length}`);
  const pkcs8 = new Uint8Array(pkcs8Head.length + seedBytes);
  pkcs8.set(pkcs8Head);
  pkcs8.set(seed, pkcs8Head.length);
  try {
    return await crypto.subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, extractable, ["sign"]);
  } finally {
    pkcs8.fill(0);
  }
}

export async function publicKeyOf(seed: Bytes): Promise<string> {
  const jwk = await crypto.subtle.exportKey("jwk", await keyOf(seed, true));
  const base64 = (jwk.x ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return hexOf(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}

// 64 bytes, in hex.
export async function signWith(seed: Bytes, message: Bytes): Promise<string> {
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, await keyOf(seed, false), message);
  return hexOf(new Uint8Array(signature));
}

async function wrappingKey(passphrase: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const text = new TextEncoder().encode(passphrase.normalize("NFKC"));
  const material = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function wrap(seed: Bytes, passphrase: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await wrappingKey(passphrase, salt, kdfRounds);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, seed);
  const out: Wrapped = {
    kdf: "PBKDF2-SHA-256",
    rounds: kdfRounds,
    salt: hexOf(salt),
    cipher: "AES-256-GCM",
    nonce: hexOf(nonce),
    sealed: hexOf(new Uint8Array(sealed)),
  };
  return JSON.stringify(out);
}

// The seed; undefined when the passphrase does not open it (or the bytes were changed).
export async function unwrap(wrapped: string, passphrase: string): Promise<Bytes | undefined> {
  const from = JSON.parse(wrapped) as Wrapped;
  if (from.kdf !== "PBKDF2-SHA-256" || from.cipher !== "AES-256-GCM") throw new Error("expected a key wrapped by this console");
  if (!(from.rounds >= kdfRounds && from.rounds <= 10_000_000)) throw new Error("expected a key wrapped with at least 600,000 rounds");
  const key = await wrappingKey(passphrase, bytesOfHex(from.salt), from.rounds);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytesOfHex(from.nonce) }, key, bytesOfHex(from.sealed)));
  } catch {
    return undefined;
  }
}

export async function sha256Hex(bytes: Bytes): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
