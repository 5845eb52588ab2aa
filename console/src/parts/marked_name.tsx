// MarkedName: a name with the parts of it marked that a screening matched. The parts are given in bytes of its UTF-8 form,
// as the server counts them; a part that would cut a character is widened to it.
import type { ReactNode } from "react";

export type NamePart = { begin: number; end: number; likeness_ppm: number; how: string };
export type NamePiece = { text: string; part?: NamePart };

// The name cut at the parts' borders, in order. Overlapping parts: the first one keeps the letters.
export function piecesOf(name: string, parts: readonly NamePart[]): NamePiece[] {
  const characters = [...name];
  const owner: (NamePart | undefined)[] = [];
  let byte = 0;
  for (const character of characters) {
    const end = byte + new TextEncoder().encode(character).length;
    owner.push(parts.find((part) => part.begin < end && part.end > byte));
    byte = end;
  }
  const pieces: NamePiece[] = [];
  characters.forEach((character, i) => {
    const last = pieces.at(-1);
    if (last && last.part === owner[i]) last.text += character;
    else pieces.push({ text: character, part: owner[i] });
  });
  return pieces;
}

export function MarkedName({ name, parts, say }: {
  name: string;
  parts: readonly NamePart[];
  say: (part: NamePart) => string; // how it matched, for the title of the mark
}): ReactNode {
  return (
    <span className="marked-name" lang="und">
      {piecesOf(name, parts).map((piece, i) =>
        piece.part ? (
          <mark key={i} className={piece.part.likeness_ppm >= 1_000_000 ? "same" : "alike"} title={say(piece.part)}>
            {piece.text}
          </mark>
        ) : (
          <span key={i}>{piece.text}</span>
        ),
      )}
    </span>
  );
}
