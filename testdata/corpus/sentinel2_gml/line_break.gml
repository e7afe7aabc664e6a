<Mask><boundedBy><Envelope srsName="EP
SG:32644"/></boundedBy><maskMembers><MaskFeature><maskType>M
K</maskType><extentOf/></MaskFeature></maskMembers></Mask>
