// Sealing: anybody at this computer can put something in, nobody can take it out without the server's secret.
// Each record has an AES-GCM key of its own, wrapped to the person's public RSA key. The private key lies here wrapped by
// a secret that the server gives to the logged-in person alone, and once opened it cannot be read out of the browser.
import type { Bytes, Keys, Sealed } from "./store";

const PAIR = { name: "RSA-OAEP", hash: "SHA-256" };

function bytesOf(hex: string): Bytes {
  return new Uint8Array(hex.match(/../g)!.map((two) => parseInt(two, 16)));
}

async function wrapping(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOf(secret), "AES-GCM", false, ["wrapKey", "unwrapKey"]);
}

function freshIv(): Bytes {
  return crypto.getRandomValues(new Uint8Array(12));
}

export async function makeKeys(secret: string): Promise<Keys> {
  const pair = await crypto.subtle.generateKey({ ...PAIR, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["wrapKey", "unwrapKey"]);
  const iv = freshIv();
  const data = await crypto.subtle.wrapKey("pkcs8", pair.privateKey, await wrapping(secret), { name: "AES-GCM", iv });
  return { spki: await crypto.subtle.exportKey("spki", pair.publicKey), wrapped: { iv, data } };
}

/** The private key, not extractable. Throws when the secret is another person's or another computer's. */
export async function openKey(keys: Keys, secret: string): Promise<CryptoKey> {
  const { iv, data } = keys.wrapped;
  return crypto.subtle.unwrapKey("pkcs8", data, await wrapping(secret), { name: "AES-GCM", iv }, PAIR, false, ["unwrapKey"]);
}

export async function seal(spki: ArrayBuffer, parts: BufferSource[]): Promise<{ wrapped: ArrayBuffer; sealed: Sealed[] }> {
  const toOwner = await crypto.subtle.importKey("spki", spki, PAIR, false, ["wrapKey"]);
  const own = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const sealed: Sealed[] = [];
  for (const part of parts) {
    const iv = freshIv();
    sealed.push({ iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, own, part) });
  }
  return { wrapped: await crypto.subtle.wrapKey("raw", own, toOwner, PAIR), sealed };
}

export async function unseal(key: CryptoKey, wrapped: ArrayBuffer, sealed: Sealed[]): Promise<ArrayBuffer[]> {
  const own = await crypto.subtle.unwrapKey("raw", wrapped, key, PAIR, "AES-GCM", false, ["decrypt"]);
  return Promise.all(sealed.map(({ iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, own, data)));
}

export const asBytes = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value));
export const fromBytes = <T>(bytes: ArrayBuffer): T => JSON.parse(new TextDecoder().decode(bytes)) as T;

export async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((one) => one.toString(16).padStart(2, "0")).join("");
}
