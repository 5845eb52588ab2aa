// The icons that the editor asks the whole index of icons for (vite.config.ts).
export { OffIcon } from "@patternfly/react-icons/dist/js/icons/off-icon";
export { OnIcon } from "@patternfly/react-icons/dist/js/icons/on-icon";
