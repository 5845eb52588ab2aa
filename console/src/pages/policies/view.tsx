import { Route, Routes } from "react-router-dom";
import Desk from "./desk";
import Shelf from "./shelf";

export default function Policies() {
  return (
    <Routes>
      <Route index element={<Shelf />} />
      <Route path="draft/:id" element={<Desk />} />
      <Route path="of/*" element={<Desk />} />
    </Routes>
  );
}
