import { Route, Routes } from "react-router-dom";
import Compare from "./compare";
import List from "./list";
import Run from "./run";

export default function Experiments() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path="compare" element={<Compare />} />
      <Route path=":id" element={<Run />} />
    </Routes>
  );
}
