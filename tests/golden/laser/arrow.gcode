; Raster engraving 5 x 4 mm, line interval 1 mm
; 1200 mm/min, 50 % power, 1 pass
; GRBL 1.1, laser mode $32=1, full power $30=1000
G21
G90
M4S0
G1F1200
G0X3.3Y0.5
G1X3.5S0
X4.5S500
X4.7S0
G0X5.7Y2.5
G1X5.5S0
X0.5S500
X0.3S0
G0X3.3Y3.5
G1X3.5S0
X4.5S500
X4.7S0
M5
G0X0Y0S0
M2
