"""A small SinD record to read and to break."""

from __future__ import annotations

from pathlib import Path

VEHICLES = """\
track_id,frame_id,timestamp_ms,agent_type,x,y,vx,vy,yaw_rad,heading_rad,length,width,ax,ay,v_lon,v_lat,a_lon,a_lat
3,2,200.2002002002,car,10.0,2.0,10.0,0.0,3.141592653589793,0.0,4.5,1.8,0,0,-10,0,0,0
3,3,300.3003003003,car,11.0,2.0,10.0,0.0,3.141592653589793,0.0,4.5,1.8,0,0,-10,0,0,0
3,4,400.4004004004,car,12.0,2.0,10.0,0.0,3.141592653589793,0.0,4.5,1.8,0,0,-10,0,0,0
7,3,300.3003003003,motorcycle,0.0,0.0,3.0,4.0,0.9272952180016122,0.9272952180016122,1.7,0.7,0,0,5,0,0,0
7,5,500.5005005005,motorcycle,0.6,0.8,3.0,4.0,0.9272952180016122,0.9272952180016122,1.7,0.7,0,0,5,0,0,0
"""
"""A car that is seen in three frames, going backwards, and an e-bike that is out of sight in between."""

PEDESTRIANS = """\
track_id,frame_id,timestamp_ms,agent_type,x,y,vx,vy,ax,ay
P0,2,200.2002002002,pedestrian,5.0,5.0,0.0,0.0,0.0,0.0
P0,3,300.3003003003,pedestrian,5.0,5.1,0.0,1.2,0.0,0.0
P0,4,400.4004004004,pedestrian,5.0,5.1,0.0,0.0,0.0,0.0
P0,5,500.5005005005,pedestrian,5.1,5.1,1.0,0.0,0.0,0.0
P2,5,500.5005005005,pedestrian,9.0,9.0,0.0,0.0,0.0,0.0
"""

LIGHTS = """\
RawFrameID,timestamp(ms),Vehicle Traffic light 1,Vehicle Traffic light 2
-30,-1000,1,0
0,0,3,0
90,3003.003,0,1
"""

VEHICLE_FACTS = """\
trackId,initialFrame,finalFrame,Frame_nums,width,length,class,CrossType,Signal_Violation_Behavior
12,58,230,173,1.9,4.9,car,StraightCross,yellow-light running\x20
15,85,147,99,0.8,1.7,motorcycles,LeftTurn,red-light running
16,97,148,52,2.5,9.5,buses,RightTurn,No violation of traffic lights
"""

PEDESTRIAN_FACTS = """\
trackId,initialFrame,finalFrame,Frame_nums,class
P1,0,35,36,pedestrian
"""

RECORDING = """\
RecordingID,City,Record weekday,Record time period,Weather,Raw frame rate,Record duration,Tps_num,\
car,truck,bus,bicycle,motorcycle,tricycle,pedestrian
1,Tianjin,Monday,9:00-10:00,sunny,29.97,1201.6s,677,268,4,4,131,171,33,66
"""


def write_record(city: Path, street: str = "") -> Path:
    """Write a record into a folder of its own and return this folder.

    Args:
        city: The folder above.
        street: What the map says that lies there; none where it is empty.
    """
    folder = city / "record_1"
    folder.mkdir(parents=True)
    texts = {"Veh_smoothed_tracks": VEHICLES, "Ped_smoothed_tracks": PEDESTRIANS, "Traffic_Lights": LIGHTS}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    if street:
        (city / "street.osm").write_text(street, "utf-8")
    return folder
