<?xml version="1.0" encoding="UTF-8"?>
<eop:Mask xmlns:eop="http://eop.example" xmlns:gml="http://gml.example" gml:id="A">
<gml:name>clouds</gml:name>
<gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG:8.7:32643"><gml:lowerCorner>1 2</gml:lowerCorner></gml:Envelope></gml:boundedBy>
<eop:maskMembers>
<eop:MaskFeature gml:id="OPAQUE.0"><eop:maskType codeSpace="x">OPAQUE</eop:maskType><eop:extentOf><gml:Polygon>
<gml:exterior><gml:LinearRing><gml:posList srsDimension="2">600000 5100000 601200 5100000 601200 5098800 600000 5098800 600000 5100000</gml:posList></gml:LinearRing></gml:exterior>
<gml:interior><gml:LinearRing><gml:posList srsDimension="3">600300 5099700 0 600600 5099700 0 600600 5099400 0 600300 5099700 0</gml:posList></gml:LinearRing></gml:interior>
</gml:Polygon></eop:extentOf></eop:MaskFeature>
<eop:MaskFeature><eop:maskType>CIRRUS</eop:maskType><eop:extentOf><gml:MultiSurface srsName="EPSG:32643"><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos><gml:pos>5 -6.5e1</gml:pos></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></eop:extentOf></eop:MaskFeature>
</eop:maskMembers>
</eop:Mask>
