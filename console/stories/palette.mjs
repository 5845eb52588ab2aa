// Makes the pictures of a folder small: pngquant where the machine has it; otherwise they stay as the browser wrote them.
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const bytesMax = 150_000;
const folder = process.argv[2];
if (!folder) throw new Error("expected a folder of pictures");
let quantized = true;
for (const name of readdirSync(folder).filter((one) => one.endsWith(".png"))) {
  const path = join(folder, name);
  try {
    execFileSync("pngquant", ["--force", "--skip-if-larger", "--strip", "--ext", ".png", "128", path], { stdio: "ignore" });
  } catch (error) {
    if (error.code === "ENOENT") quantized = false; // status 98: it would have grown
  }
  const { size } = statSync(path);
  if (size > bytesMax) console.log(`${name}: ${size} bytes, above ${bytesMax}`);
}
if (!quantized) console.log("pngquant is not on this machine: the pictures are larger than they need to be");
