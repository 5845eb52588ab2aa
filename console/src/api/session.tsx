// Who sits before the console. Without sessions on the server (a bank opened on this machine only) everybody may all.
import { createContext, useContext } from "react";
import { exchange, holdCsrf } from "./client";
import { Problem } from "./problem";

export type Session = {
  name: string;
  display_name: string;
  roles: string[];
  permissions: string[];
  csrf: string;
  expires_at?: string;
  must_change_password?: boolean;
  has_key?: boolean;
  local?: boolean; // no sign-in on this server: only this machine may call
};

export type SignedOut = { firstRun: boolean };

export function mayDo(permissions: readonly string[], permission: string): boolean {
  return permissions.some(
    (held) => held === "*" || held === permission || (held.endsWith(".*") && permission.startsWith(held.slice(0, -1))),
  );
}

export const SessionContext = createContext<Session | undefined>(undefined);

// Asks the server again who one is: after a password or a key has changed.
export const RefreshSessionContext = createContext<() => void>(() => undefined);
export const useRefreshSession = (): (() => void) => useContext(RefreshSessionContext);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("expected a page inside the signed-in shell");
  return session;
}

export function useMay(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => mayDo(permissions, permission);
}

const localSession: Session = {
  name: "local",
  display_name: "local",
  roles: ["admin"],
  permissions: ["*"],
  csrf: "",
  local: true,
};

function kept(body: unknown): Session {
  const session = { ...localSession, local: false, ...(body as Partial<Session>) };
  holdCsrf(session.csrf ?? "");
  return session;
}

// Without users a bank may be open to whoever sits at this machine: a verb that everybody may read tells.
async function openWithoutSignIn(): Promise<boolean> {
  try {
    await exchange({ path: "/v1/permit/list", method: "GET" });
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return false;
    throw error;
  }
}

export async function currentSession(): Promise<Session | SignedOut> {
  try {
    return kept((await exchange({ path: "/session", method: "GET" })).body);
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 401)) throw error;
    const nobody = error.status === 404 || error.type === "no_users";
    if (nobody && (await openWithoutSignIn())) return localSession;
    return { firstRun: nobody };
  }
}

export async function signIn(name: string, password: string): Promise<Session> {
  return kept((await exchange({ path: "/session", method: "POST", body: { name, password } })).body);
}

export async function signOut(): Promise<void> {
  await exchange({ path: "/session", method: "DELETE" });
  holdCsrf("");
}
