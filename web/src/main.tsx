import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { App, makeRouter } from "./shell/App";
import { preloadPage } from "./shell/routes";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
preloadPage(location.pathname);
createRoot(root).render(
  <StrictMode>
    <App router={makeRouter()} />
  </StrictMode>,
);
