// The page: panels register themselves, then the vehicle is connected.
import "./panels/road.js";
import "./panels/top_bar.js";
import "./panels/drive.js";
import "./panels/suggestions.js";
import "./panels/assistant.js";
import "./panels/controls.js";
import { vehicle } from "./lib/vehicle.js";

vehicle.connect();
