import { Route, Routes } from "react-router-dom";
import { DecisionList } from "./list";
import { DecisionPage } from "./one";

export default function Decisions() {
  return (
    <Routes>
      <Route index element={<DecisionList />} />
      <Route path=":id" element={<DecisionPage />} />
    </Routes>
  );
}
