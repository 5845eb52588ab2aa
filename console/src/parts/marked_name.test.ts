import { expect, test } from "vitest";
import { piecesOf } from "./marked_name";

const part = (begin: number, end: number) => ({ begin, end, likeness_ppm: 900_000, how: "spelling" });

test("a name is cut at the borders of its matched parts and loses nothing", () => {
  const pieces = piecesOf("BANCO NACIONAL DE CUBA", [part(0, 5), part(18, 22)]);
  expect(pieces.map((piece) => [piece.text, piece.part !== undefined])).toEqual([
    ["BANCO", true],
    [" NACIONAL DE ", false],
    ["CUBA", true],
  ]);
});

test("parts count bytes, so Chinese names are marked by whole characters", () => {
  const pieces = piecesOf("邓小平 Deng", [part(3, 9)]);
  expect(pieces.map((piece) => piece.text)).toEqual(["邓", "小平", " Deng"]);
  expect(pieces[1]?.part).toBeDefined();
});

test("a part that would cut a character takes the whole of it", () => {
  expect(piecesOf("邓小平", [part(4, 5)]).map((piece) => piece.text)).toEqual(["邓", "小", "平"]);
});
