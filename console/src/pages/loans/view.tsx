import { Route, Routes } from "react-router-dom";
import List from "./list";
import Loan from "./loan";

export default function Loans() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<Loan />} />
    </Routes>
  );
}
