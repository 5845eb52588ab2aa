import { Route, Routes } from "react-router-dom";
import Card from "./card";
import List from "./list";

export default function Models() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":digest" element={<Card />} />
    </Routes>
  );
}
